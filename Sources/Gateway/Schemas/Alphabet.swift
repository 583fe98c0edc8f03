/// The characters a text may consist of, spelled once for the check and for the document.
enum Alphabet: Sendable, CaseIterable {
    case hexadecimal
    case lowerHexadecimal
    /// Names of edges.
    case word
    /// Names that we give: problem codes.
    case snakeCase
    /// CAIP-2 chain ids. Source: https://chainagnostic.org/CAIPs/caip-2, section Syntax.
    case chainID
    /// Without 0, I, O and l. Source: `Docs/Sources.md#digests`.
    case base58
    /// ASCII without spaces and control characters: tokens, nonces, Base64.
    case visible
    /// Anything but the control characters of Unicode (category Cc).
    case printable
    /// Printable, without the characters that turn the direction of the text around them: with
    /// those a name could make what stands beside it read otherwise. Source: `Bidi_Control` in
    /// https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt.
    case name
    /// Of a name, what leaves something to be seen: no space, and nothing of no width.
    case inked

    /// The inside of a bracket expression, in the dialect of ECMA-262 that JSON Schema uses.
    var expression: String {
        switch self {
        case .hexadecimal: "0-9A-Fa-f"
        case .lowerHexadecimal: "0-9a-f"
        case .word: "0-9A-Za-z_-"
        case .snakeCase: "a-z0-9_"
        case .chainID: "0-9A-Za-z:_-"
        case .base58: "1-9A-HJ-NP-Za-km-z"
        case .visible: "!-~"
        case .printable: #"^\u0000-\u001f\u007f-\u009f"#
        case .name: #"^\u0000-\u001f\u007f-\u009f"# + Self.expression(of: Self.directions)
        case .inked: #"^\u0000-\u0020\u007f-\u00a0"# + Self.expression(of: Self.blanks)
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .hexadecimal:
            ("0"..."9").contains(scalar) || ("a"..."f").contains(scalar)
                || ("A"..."F").contains(scalar)
        case .lowerHexadecimal: ("0"..."9").contains(scalar) || ("a"..."f").contains(scalar)
        case .word:
            ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
                || ("A"..."Z").contains(scalar) || ["_", "-"].contains(scalar)
        case .snakeCase:
            ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || scalar == "_"
        case .chainID:
            ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar)
                || ("A"..."Z").contains(scalar) || ["-", "_", ":"].contains(scalar)
        case .base58:
            ("1"..."9").contains(scalar)
                || ("A"..."Z").contains(scalar) && !["I", "O"].contains(scalar)
                || ("a"..."z").contains(scalar) && scalar != "l"
        case .visible: ("!"..."~").contains(scalar)
        case .printable: scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
        case .name:
            Self.printable.contains(scalar) && !Self.directions.contains { $0 ~= scalar.value }
        case .inked:
            scalar.value > 0x20 && !(0x7F...0xA0).contains(scalar.value)
                && !Self.blanks.contains { $0 ~= scalar.value }
        }
    }

    private static let directions: [ClosedRange<UInt32>] = [
        0x061C...0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069,
    ]

    /// Above ASCII and Latin-1's controls, in the basic plane: spaces, separators and what
    /// `Default_Ignorable_Code_Point` in DerivedCoreProperties.txt lists, and the blank of Braille.
    /// U+2000 and U+2001 stand alone because they are not in NFC, which some readers of the
    /// expression demand of a bound.
    private static let blanks: [ClosedRange<UInt32>] = [
        0x00AD...0x00AD, 0x034F...0x034F, 0x061C...0x061C, 0x115F...0x1160, 0x1680...0x1680,
        0x17B4...0x17B5, 0x180B...0x180F, 0x2000...0x2000, 0x2001...0x2001, 0x2002...0x200F,
        0x2028...0x202F, 0x205F...0x206F,
        0x2800...0x2800, 0x3000...0x3000, 0x3164...0x3164, 0xFE00...0xFE0F, 0xFEFF...0xFEFF,
        0xFFA0...0xFFA0, 0xFFF0...0xFFF8,
    ]

    private static func expression(of ranges: [ClosedRange<UInt32>]) -> String {
        ranges.map { range in
            let (low, high) = (escape(range.lowerBound), escape(range.upperBound))
            return range.count == 1 ? low : "\(low)-\(high)"
        }.joined()
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
