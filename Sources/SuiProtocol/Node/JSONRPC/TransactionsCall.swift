public import ByteCodecs

/// Transactions by their digests.
public struct TransactionsCall: JSONRPCCall {
    public static let method = "sui_multiGetTransactionBlocks"
    /// The service's own.
    public static let limit = 50

    /// What is asked for beside status, gas and sender.
    public enum Detail: Sendable {
        /// Events of one module.
        case events(EventModule)
        /// Signed bytes, and the coins of SUI that were changed.
        case changes
        /// Both, events of every module.
        case all
    }

    private let digests: [TransactionDigest]
    private let detail: Detail

    /// - Parameter digests: at most ``limit``.
    public init(_ digests: [TransactionDigest], _ detail: Detail) {
        self.digests = digests
        self.detail = detail
    }

    public var parameters: [JSONValue] {
        let (events, changes) =
            switch detail {
            case .events: (true, false)
            case .changes: (false, true)
            case .all: (true, true)
            }
        return [
            .array(digests.map { .string($0.description) }),
            [
                "showInput": true, "showEffects": true, "showEvents": .bool(events),
                "showRawInput": .bool(changes), "showObjectChanges": .bool(changes),
            ],
        ]
    }

    /// In the order of the digests; nil for those that the node does not know.
    public func answer(
        from result: JSONValue
    ) throws(NodeAnswerFault) -> [JSONRPCTransaction?] {
        guard case .array(let entries) = result, entries.count == digests.count else {
            throw .unusable("another number of answers")
        }
        var found: [JSONRPCTransaction?] = []
        for (digest, entry) in zip(digests, entries) {
            let answer = try AnswerObject(entry, "transaction")
            guard try answer.digest("digest") == digest else {
                throw .unusable("another transaction than the one asked for")
            }
            guard answer["effects"] != nil else {
                found.append(nil)
                continue
            }
            found.append(try JSONRPCTransaction(answer, digest, detail))
        }
        return found
    }
}
