public import SuiProtocol

/// How a simulated node behaves when nothing is wrong.
public struct MockNodeConfiguration: Sendable {
    public var seed: UInt64
    /// Nil: of a key that follows from the seed.
    public var charger: SuiAddress?
    public var treasury: SuiAddress?
    /// Nil: the chain ends with the process.
    public var journalPath: String?
    /// Between two checkpoints, while there is something to put in; milliseconds. With 0 each
    /// transaction has a checkpoint of its own at once.
    public var checkpointMilliseconds: Int64 = 200
    /// Between two empty checkpoints.
    public var idleMilliseconds: Int64 = 1000
    /// How many checkpoints the index is behind the tip.
    public var indexLag = 1
    /// How many checkpoints events and transactions can be listed for; nil for all.
    public var retention: Int?

    public init(seed: UInt64 = 0) {
        self.seed = seed
    }
}
