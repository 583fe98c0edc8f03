import ByteCodecs

/// One signature to judge, as it was given.
struct VerificationCase: Equatable, Sendable {
    /// What a signature may be over; each has its own members and options.
    enum Kind: String, Sendable {
        case message
        case transaction

        /// The member of a line, and the option with dashes for underscores.
        var contentMember: String { self == .message ? "message_base64" : "tx_base64" }
    }

    var address: String
    var contentBase64: String
    var signatureBase64: String

    /// A line of `--jsonl`. Members that are not known are passed over, so that files with
    /// comments and expected verdicts can be read as they are.
    ///
    /// - Returns: the line's `id`, null when it has none, and nil where a member is missing.
    static func read(_ line: JSONValue, _ kind: Kind) -> (id: JSONValue, found: Self?) {
        guard case .object(let object) = line else { return (.null, nil) }
        func text(_ name: String) -> String? {
            if case .string(let text)? = object[name] { text } else { nil }
        }
        guard let address = text("address"), let content = text(kind.contentMember),
            let signature = text("signature_base64")
        else { return (object["id"] ?? .null, nil) }
        return (
            object["id"] ?? .null,
            Self(address: address, contentBase64: content, signatureBase64: signature)
        )
    }
}
