public import SuiProtocol

/// One version of a gas coin and what is in it, in MIST.
public struct GasCoin: Hashable, Sendable {
    public var reference: ObjectReference
    public var balance: UInt64

    public init(reference: ObjectReference, balance: UInt64) {
        self.reference = reference
        self.balance = balance
    }
}

/// A coin that was merged away, wrapped or given to somebody else.
public struct GoneCoin: Hashable, Sendable {
    public var id: ObjectID
    /// Of the transaction that took it; nil where the node does not say.
    public var version: UInt64?
    public var checkpoint: Int64

    public init(id: ObjectID, version: UInt64?, checkpoint: Int64) {
        self.id = id
        self.version = version
        self.checkpoint = checkpoint
    }
}
