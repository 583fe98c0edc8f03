import SuiProtocol

/// What transactions of a size cost at most, learned by simulation once and kept as long as the
/// price of gas stays: a simulation for every batch would cost each a round trip. Pure.
struct GasBudgets: Sendable {
    private struct Size: Hashable {
        var purpose: LiveBatch.Purpose
        var operations: Int
    }

    /// Half more than was simulated, and a fixed sum for what changes between two objects.
    private static let fixedReserve: UInt64 = 5_000_000
    /// Units of computation that every transaction has to offer. Source: `Docs/Sources.md#gas`.
    private static let leastUnits: UInt128 = 1000
    /// 50 SUI. Source: `Docs/Sources.md#gas`.
    static let limit: UInt64 = 50_000_000_000
    /// Times what a lane is filled up to: ten SUI by default.
    private static let crediblePerLane: UInt64 = 20

    /// MIST.
    private let credible: UInt64
    private var price: UInt64 = 0
    private var known: [Size: UInt64] = [:]

    init(laneMist: UInt64) {
        let (credible, isTooLarge) = laneMist.multipliedReportingOverflow(
            by: Self.crediblePerLane)
        self.credible = isTooLarge ? Self.limit : min(Self.limit, credible)
    }

    /// The largest that was asked for at the present price.
    var largest: UInt64 { known.values.max() ?? 0 }

    /// That of the smallest size known to cover it: every lane pays for the largest one, and what
    /// is not used costs nothing.
    ///
    /// - Returns: MIST; nil where it has to be simulated.
    func budget(_ purpose: LiveBatch.Purpose, operations: Int, price: UInt64) -> UInt64? {
        guard price == self.price else { return nil }
        let covering = known.filter { $0.key.purpose == purpose && $0.key.operations >= operations }
        return covering.min { $0.key.operations < $1.key.operations }?.value
    }

    /// - Returns: false where it is more than is believed: nothing is learned then, since every lane
    ///   would have to be able to pay for it.
    @discardableResult
    mutating func learn(
        _ costs: GasCosts, of purpose: LiveBatch.Purpose, operations: Int, price: UInt64
    ) -> Bool {
        if price != self.price {
            known = [:]
            self.price = price
        }
        let size = Size(purpose: purpose, operations: Self.step(operations))
        let net = costs.storage > costs.rebate ? costs.storage - costs.rebate : 0
        let used = UInt128(costs.computation) + UInt128(net)
        let scaled = used * UInt128(size.operations) / UInt128(max(1, operations)) * 3 / 2
        let least = UInt128(price) * Self.leastUnits
        let wanted = max(least, scaled + UInt128(Self.fixedReserve))
        guard wanted <= UInt128(credible) else { return false }
        known[size] = UInt64(wanted)
        return true
    }

    /// After a transaction ran out of gas.
    mutating func forget() { known = [:] }

    /// The next power of two: few sizes are simulated, and each covers those below it.
    private static func step(_ operations: Int) -> Int {
        var step = 1
        while step < operations { step *= 2 }
        return step
    }
}
