import ByteCodecs

/// The question to a node's GraphQL service whether a signature holds now.
///
/// Names and types: `type Query` of the published schema (`Docs/Sources.md#graphql`); the
/// `message` is the raw message, the node adds length and intent itself.
public struct VerifySignatureQuery: Sendable {
    public static let document = """
        query VerifySignature($message: Base64!, $signature: Base64!, $intentScope: IntentScope!, \
        $author: SuiAddress!) { verifySignature(message: $message, signature: $signature, \
        intentScope: $intentScope, author: $author) { success } }
        """

    private let variables: JSONObject

    /// - Parameters:
    ///   - signatureBase64: as the wallet gave it.
    ///   - author: who is said to have signed.
    public init(_ intent: Intent, signatureBase64: String, author: SuiAddress) {
        let (message, scope) =
            switch intent {
            case .personalMessage(let message): (message, "PERSONAL_MESSAGE")
            case .transaction(let data): (data, "TRANSACTION_DATA")
            }
        variables = [
            "message": .string(Base64.encode(message)),
            "signature": .string(signatureBase64),
            "intentScope": .string(scope),
            "author": .string(author.description),
        ]
    }

    /// The body of the POST, `application/json`.
    public var requestBody: [UInt8] {
        let body: JSONValue = [
            "query": .string(Self.document),
            "variables": .object(variables),
        ]
        return body.serialized()
    }
}

extension VerifySignatureQuery: NodeMessage {
    /// - Throws: ``NodeAnswerFault/refused(_:)`` where the signature does not hold, or cannot be
    ///   read.
    public func answer(in body: [UInt8]) throws(NodeAnswerFault) {
        switch VerifySignatureAnswer(parsing: body) {
        case .valid: return
        case .invalid(let detail), .malformed(let detail): throw .refused(detail)
        case .unusable(let why): throw .unusable(why)
        }
    }
}
