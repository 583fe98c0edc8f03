/// Whether a list is in the order of the chain, each element once, as far as it can be told.
public enum ChainOrder {
    /// Checkpoints never fall; the events of a transaction stand together, in their order.
    public static func check(
        _ events: [NodeEvent], in range: ClosedRange<Int64>
    ) throws(NodeAnswerFault) {
        var ended: Set<TransactionDigest> = []
        var last: NodeEvent?
        for event in events {
            guard let checkpoint = event.checkpoint, range.contains(checkpoint) else {
                throw .unusable("an event of another checkpoint")
            }
            if let last, last.transaction == event.transaction {
                guard event.sequence > last.sequence, event.checkpoint == last.checkpoint else {
                    throw .unusable("events twice or out of order")
                }
            } else {
                guard ended.insert(event.transaction).inserted, event.follows(last) else {
                    throw .unusable("events twice or out of order")
                }
            }
            last = event
        }
    }

    /// Checkpoints never fall; each transaction stands there once.
    public static func check(
        _ transactions: [NodeTransaction], in range: ClosedRange<Int64>
    ) throws(NodeAnswerFault) {
        var seen: Set<TransactionDigest> = []
        var last = range.lowerBound
        for transaction in transactions {
            guard let checkpoint = transaction.checkpoint, range.contains(checkpoint) else {
                throw .unusable("a transaction of another checkpoint")
            }
            guard checkpoint >= last, seen.insert(transaction.digest).inserted else {
                throw .unusable("transactions twice or out of order")
            }
            last = checkpoint
        }
    }
}

extension NodeEvent {
    fileprivate func follows(_ last: NodeEvent?) -> Bool {
        guard let before = last?.checkpoint, let checkpoint else { return true }
        return checkpoint >= before
    }
}
