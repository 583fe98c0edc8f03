import ByteCodecs

/// Sends a signed transaction. The answer comes once it is final.
public struct ExecuteMutation: NodeMessage {
    public static let document = """
        mutation Execute($bytes: Base64!, $signatures: [Base64!]!) { \
        executeTransaction(transactionDataBcs: $bytes, signatures: $signatures) { effects { \
        digest \(GraphQLFragments.effects) } } }
        """

    private let bytes: [UInt8]
    private let signatures: [[UInt8]]

    public init(_ bytes: [UInt8], signatures: [[UInt8]]) {
        self.bytes = bytes
        self.signatures = signatures
    }

    public var requestBody: [UInt8] {
        GraphQLBody.request(
            Self.document,
            [
                "bytes": .string(Base64.encode(bytes)),
                "signatures": .array(signatures.map { .string(Base64.encode($0)) }),
            ])
    }

    /// Without coins and events, which are not asked for.
    public func answer(in body: [UInt8]) throws(NodeAnswerFault) -> NodeTransaction {
        let effects = try GraphQLBody.data(in: body).object("executeTransaction").object("effects")
        let digest = TransactionDigest(hashing: bytes)
        guard try effects.digest("digest") == digest else {
            throw .unusable("another transaction than the one sent")
        }
        return try effects.effects(of: digest)
    }
}
