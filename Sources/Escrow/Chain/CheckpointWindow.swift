public import SuiProtocol

/// Whole checkpoints in a row, with all of our events in them in the chain's order.
public struct CheckpointWindow: Sendable {
    public var first: Int64
    public var last: Int64
    /// The epoch of `last`.
    public var epoch: Int64
    public var events: [RawEvent]
    /// Gas coins of the charger as the window's transactions left them.
    public var gas: [GasCoin]

    public init(
        first: Int64, last: Int64, epoch: Int64, events: [RawEvent], gas: [GasCoin] = []
    ) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.events = events
        self.gas = gas
    }
}

/// One version of a gas coin and what is in it, in MIST.
public struct GasCoin: Hashable, Sendable {
    public var reference: ObjectReference
    public var balance: UInt64

    public init(reference: ObjectReference, balance: UInt64) {
        self.reference = reference
        self.balance = balance
    }
}
