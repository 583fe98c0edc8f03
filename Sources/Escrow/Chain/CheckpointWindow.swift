public import Determinism

/// Whole checkpoints in a row, with all of our events in them in the chain's order.
public struct CheckpointWindow: Sendable {
    public var first: Int64
    public var last: Int64
    /// The epoch of `last`.
    public var epoch: Int64
    /// When `last` was made; nil where the node does not say.
    public var at: Timestamp?
    public var events: [RawEvent]
    /// Those of our modules that are not among them.
    public var unmatched: [UnmatchedEvent]
    /// Gas coins of the charger as the window's transactions left them.
    public var gas: [GasCoin]
    /// Coins of SUI that the charger, if they were its, has no more.
    public var goneGas: [GoneCoin]
    /// Transactions of the charger that failed; which of them are batches of ours is not decided
    /// yet.
    public var failures: [FailedTransaction]

    public init(
        first: Int64, last: Int64, epoch: Int64, events: [RawEvent], gas: [GasCoin] = [],
        goneGas: [GoneCoin] = [], failures: [FailedTransaction] = [],
        unmatched: [UnmatchedEvent] = [], at: Timestamp? = nil
    ) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.at = at
        self.events = events
        self.unmatched = unmatched
        self.gas = gas
        self.goneGas = goneGas
        self.failures = failures
    }
}
