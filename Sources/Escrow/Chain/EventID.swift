public import SuiProtocol

/// One event on chain: the transaction that emitted it and its place in it.
///
/// A batch has many customers' events, so the digest alone names none of them.
public struct EventID: Hashable, Sendable {
    public let transaction: TransactionDigest
    /// From zero.
    public let sequence: Int64

    public init(transaction: TransactionDigest, sequence: Int64) {
        self.transaction = transaction
        self.sequence = sequence
    }
}

extension EventID: Comparable {
    /// As the database orders them.
    public static func < (left: EventID, right: EventID) -> Bool {
        if left.transaction == right.transaction { return left.sequence < right.sequence }
        return left.transaction.bytes.lexicographicallyPrecedes(right.transaction.bytes)
    }
}
