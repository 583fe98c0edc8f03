public import ByteCodecs

/// Transactions by their digests, with what they changed and said.
public struct TransactionsQuery: GraphQLQuery {
    /// So many digests fit into a query of 5000 bytes.
    public static let limit = 40

    public static let document = """
        query Transactions($keys: [String!]!) { chainIdentifier multiGetTransactions(keys: $keys) \
        { \(GraphQLFragments.transaction) effects { \(GraphQLFragments.effects) \
        objectChanges(first: 50) { \(GraphQLFragments.changes) } \
        events(first: 50) { \(GraphQLFragments.events) } } } }
        """

    private let digests: [TransactionDigest]

    /// - Parameter digests: at most ``limit``.
    public init(_ digests: [TransactionDigest]) {
        self.digests = digests
    }

    public var variables: JSONObject {
        ["keys": .array(digests.map { .string($0.description) })]
    }

    /// Those that the service knows.
    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> [ToldTransaction] {
        let answers = try data.list("multiGetTransactions")
        guard answers.count == digests.count else { throw .unusable("another number of answers") }
        var found: [ToldTransaction] = []
        for (digest, answer) in zip(digests, answers) where answer != .null {
            let told = try AnswerObject(answer, "transaction").transaction()
            guard told.transaction.digest == digest else {
                throw .unusable("another transaction than the one asked for")
            }
            found.append(told)
        }
        return found
    }
}
