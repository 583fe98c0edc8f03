import ByteCodecs

/// What a node answered to a ``VerifySignatureQuery``.
///
/// A false signature does not come as `success: false` but as a GraphQL error with the code
/// `BAD_USER_INPUT`. Whatever is neither a clear yes nor a clear no is no answer, and another
/// node is to be asked: a login must not fail, still less succeed, because a node is unwell.
public enum VerifySignatureAnswer: Sendable, Equatable {
    case valid
    /// - Parameter detail: the node's words, at most 200 bytes, for the log.
    case invalid(detail: String)
    /// The node could not read the signature.
    case malformed(detail: String)
    /// - Parameter why: for the log; holds nothing the node said.
    case unusable(why: String)

    /// - Parameter body: of an answer with status 200, any bytes at all.
    public init(parsing body: [UInt8]) {
        guard case .object(let answer)? = try? JSONValue.parse(body) else {
            self = .unusable(why: "not a JSON object")
            return
        }
        switch answer["errors"] {
        case nil, .null?, .array([])?: self = Self.success(in: answer["data"])
        case .array(let errors)?: self = Self.refusal(errors, data: answer["data"])
        default: self = .unusable(why: "errors are not a list")
        }
    }

    private static func success(in data: JSONValue?) -> Self {
        guard case .object(let data)? = data, case .object(let result)? = data["verifySignature"]
        else { return .unusable(why: "no result") }
        guard result["success"] == .bool(true) else { return .unusable(why: "no success") }
        return .valid
    }

    private static func refusal(_ errors: [JSONValue], data: JSONValue?) -> Self {
        guard errors.count == 1, case .object(let error)? = errors.first,
            case .string(let message)? = error["message"],
            case .object(let extensions)? = error["extensions"],
            case .string("BAD_USER_INPUT")? = extensions["code"]
        else { return .unusable(why: "a fault of the node") }
        guard success(in: data) != .valid else { return .unusable(why: "both yes and no") }
        let detail = String(decoding: message.utf8.prefix(200), as: UTF8.self)
        if message.utf8.starts(with: "Verification failed:".utf8) {
            return .invalid(detail: detail)
        }
        if message.utf8.starts(with: "Cannot parse signature".utf8) {
            return .malformed(detail: detail)
        }
        return .unusable(why: "an unknown refusal")
    }
}
