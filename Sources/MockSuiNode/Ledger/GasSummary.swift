/// What a transaction cost, in MIST.
public struct GasSummary: Sendable, Equatable {
    public var computation: UInt64 = 0
    public var storage: UInt64 = 0
    public var rebate: UInt64 = 0
    public var nonRefundable: UInt64 = 0

    /// What leaves the gas coin; negative where the rebate is larger.
    public var net: Int64 { Int64(computation) + Int64(storage) - Int64(rebate) }
}
