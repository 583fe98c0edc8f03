import SuiProtocol

/// What running costs: close to the network in kind and size, not to the MIST.
struct GasMeter {
    /// Units of computation are rounded up to these. Source: `Docs/Sources.md#gas`.
    private static let buckets: [UInt64] = [
        1000, 5000, 10_000, 20_000, 50_000, 200_000, 1_000_000, 5_000_000,
    ]
    /// MIST for a byte that is stored: 100 units at 76 MIST.
    private static let storagePrice: UInt64 = 7600
    /// What an object takes beyond its contents: type, owner, version, digest.
    private static let objectOverhead = 90

    private let budget: UInt64
    private(set) var gas = GasSummary()

    init(_ data: TransactionData) {
        budget = data.gas.budget
        let commands = UInt64(data.program.commands.count)
        let units = 300 + commands * 15 + UInt64(data.program.inputs.count) * 2
        let bucket = Self.buckets.first { $0 >= units } ?? 5_000_000
        gas.computation = bucket * data.gas.price
    }

    /// In MIST.
    static func storageCost(of object: LedgerObject) -> UInt64 {
        UInt64(object.contentBytes.count + objectOverhead) * storagePrice
    }

    mutating func measureStorage(of objects: [ObjectID: WorkingObject]) {
        gas.storage = 0
        var old: UInt64 = 0
        for working in objects.values where working.isMutable {
            old += working.before?.storageRebate ?? 0
            guard !working.isDeleted else { continue }
            gas.storage += Self.storageCost(of: working.object)
        }
        gas.rebate = old - old / 100  // 99 % come back.
        gas.nonRefundable = old / 100
    }

    var isOverBudget: Bool { Int128(gas.net) > Int128(budget) }

    /// For a transaction that ran out: what is there is taken.
    mutating func chargeLeast(of objects: [ObjectID: WorkingObject]) {
        measureStorage(of: objects)
        guard isOverBudget else { return }
        gas.computation = min(gas.computation, budget)
        gas.storage = gas.rebate + (budget - gas.computation)
    }
}
