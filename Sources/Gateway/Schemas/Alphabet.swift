/// The characters a text may consist of, spelled once for the check and for the document.
enum Alphabet: Sendable, CaseIterable {
    case hexadecimal
    case lowerHexadecimal
    /// Names that we give: problem codes.
    case snakeCase
    /// CAIP-2 chain ids. Source: https://chainagnostic.org/CAIPs/caip-2, section Syntax.
    case chainID
    /// ASCII without spaces and control characters: tokens, nonces, Base64.
    case visible
    /// Anything but the control characters of Unicode (category Cc).
    case printable

    /// The inside of a bracket expression, in the dialect of ECMA-262 that JSON Schema uses.
    var expression: String {
        switch self {
        case .hexadecimal: "0-9A-Fa-f"
        case .lowerHexadecimal: "0-9a-f"
        case .snakeCase: "a-z0-9_"
        case .chainID: "0-9A-Za-z:_-"
        case .visible: "!-~"
        case .printable: #"^\u0000-\u001f\u007f-\u009f"#
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .hexadecimal:
            ("0"..."9").contains(scalar) || ("a"..."f").contains(scalar)
                || ("A"..."F").contains(scalar)
        case .lowerHexadecimal: ("0"..."9").contains(scalar) || ("a"..."f").contains(scalar)
        case .snakeCase:
            ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || scalar == "_"
        case .chainID:
            ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
                || ("A"..."Z").contains(scalar) || ["-", "_", ":"].contains(scalar)
        case .visible: ("!"..."~").contains(scalar)
        case .printable: scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
        }
    }
}
