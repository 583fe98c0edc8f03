public import ByteCodecs

/// A page of what a transaction changed.
public struct MoreChangesQuery: GraphQLQuery {
    public static let document = """
        query MoreChanges($digest: String!, $after: String) { chainIdentifier \
        transactionEffects(digest: $digest) { digest objectChanges(first: 50, after: $after) \
        { \(GraphQLFragments.changes) } } }
        """

    private let digest: TransactionDigest
    private let after: String?

    /// - Parameter after: nil for the first page.
    public init(_ digest: TransactionDigest, after: String?) {
        self.digest = digest
        self.after = after
    }

    public var variables: JSONObject {
        ["digest": .string(digest.description), "after": after.map { .string($0) } ?? .null]
    }

    public func value(
        in data: AnswerObject
    ) throws(NodeAnswerFault) -> NodeContinuation<NodeCoinChange> {
        let effects = try data.toldEffects(of: digest)
        let (coins, more) = try effects.object("objectChanges").coinChanges(after: after)
        return NodeContinuation(coins, next: more)
    }
}

/// The next page of the events of a transaction.
public struct MoreEventsQuery: GraphQLQuery {
    public static let document = """
        query MoreEvents($digest: String!, $after: String!) { chainIdentifier \
        transactionEffects(digest: $digest) { digest lamportVersion \
        events(first: 50, after: $after) { \(GraphQLFragments.events) } } }
        """

    private let digest: TransactionDigest
    private let after: String

    public init(_ digest: TransactionDigest, after: String) {
        self.digest = digest
        self.after = after
    }

    public var variables: JSONObject {
        ["digest": .string(digest.description), "after": .string(after)]
    }

    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> NodeContinuation<ToldEvent>
    {
        let effects = try data.toldEffects(of: digest)
        let (events, more) = try effects.object("events").toldEvents(
            after: after, lamportVersion: try effects.optionalNumber("lamportVersion"))
        return NodeContinuation(events, next: more)
    }
}

extension AnswerObject {
    fileprivate func toldEffects(
        of digest: TransactionDigest
    ) throws(NodeAnswerFault) -> AnswerObject {
        let effects = try object("transactionEffects")
        guard try effects.digest("digest") == digest else {
            throw .unusable("another transaction than the one asked for")
        }
        return effects
    }
}
