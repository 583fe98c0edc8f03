/// What a transaction would do if it ran now.
public struct NodeSimulation: Hashable, Sendable {
    public let status: NodeTransaction.Status
    /// In MIST.
    public let gas: GasCosts

    public init(status: NodeTransaction.Status, gas: GasCosts) {
        self.status = status
        self.gas = gas
    }
}

/// What running costs, in MIST.
public struct GasCosts: Hashable, Sendable {
    public let computation: UInt64
    public let storage: UInt64
    public let rebate: UInt64

    public init(computation: UInt64, storage: UInt64, rebate: UInt64) {
        self.computation = computation
        self.storage = storage
        self.rebate = rebate
    }
}
