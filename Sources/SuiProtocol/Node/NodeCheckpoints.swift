public import Determinism

/// What a range of checkpoints holds for us.
public struct NodeCheckpoints: Hashable, Sendable {
    /// As asked for.
    public let range: ClosedRange<Int64>
    /// The epoch of the last one.
    public let epoch: UInt64
    /// When the last one was made; nil where the node does not say.
    public let at: Timestamp?
    /// In the chain's order: checkpoint, transaction, place in the transaction.
    public let events: [NodeEvent]
    /// Those that affect the address that was asked for, in the chain's order; failed ones too.
    public let transactions: [NodeTransaction]

    public init(
        range: ClosedRange<Int64>, epoch: UInt64, events: [NodeEvent],
        transactions: [NodeTransaction], at: Timestamp? = nil
    ) {
        self.range = range
        self.epoch = epoch
        self.at = at
        self.events = events
        self.transactions = transactions
    }
}
