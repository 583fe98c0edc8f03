import SuiProtocol
import Testing

@testable import Escrow

@Suite struct LanePlanTests {
    private static func plan(_ coins: [LaneCoin], wanted: Int = 4) -> LanePlan? {
        LanePlan(coins: coins, wanted: wanted, share: 500, least: 100)
    }

    /// MIST; all in the scale of whole SUI, beside which the fee kept back is nothing.
    private static func lanes(_ balances: UInt64..., claimed: Int = 0) throws -> [LaneCoin] {
        try balances.enumerated().map { place, balance in
            try EngineCoreTests.lane(place + 1, balance, isClaimed: place < claimed)
        }
    }

    @Test("a large coin is split into what is missing, and stays a lane itself")
    func split() throws {
        let plan = try #require(Self.plan(try Self.lanes(10_000_000_000)))
        #expect(plan.count == 3 && plan.share == 500 && plan.payment.count == 1)
    }

    @Test("little is shared evenly, and too little is not split at all")
    func little() throws {
        let fee: UInt64 = 50_000_000
        let plan = try #require(Self.plan(try Self.lanes(fee + 600)))
        #expect(plan.count == 2 && plan.share == 200)
        #expect(Self.plan(try Self.lanes(fee + 399)) == nil)
        #expect(Self.plan([]) == nil)
    }

    @Test("coins that transactions have are left alone")
    func claimed() throws {
        #expect(Self.plan(try Self.lanes(10_000_000_000, claimed: 1)) == nil)
        let plan = try #require(
            Self.plan(try Self.lanes(10_000_000_000, 9_000_000_000, claimed: 1)))
        #expect(plan.payment.map(\.balance) == [9_000_000_000])
        #expect(plan.count == 2)
    }

    @Test("dust is swept up when there is much of it, or nothing else to pay with")
    func dust() throws {
        let fee: UInt64 = 50_000_000
        var coins = try Self.lanes(fee * 2, fee * 2, fee * 2, fee * 2)
        for number in 0..<15 { coins.append(try EngineCoreTests.lane(50 + number, 99)) }
        #expect(Self.plan(coins) == nil)
        coins.append(try EngineCoreTests.lane(99, 99))
        let plan = try #require(Self.plan(coins))
        #expect(plan.count == 0 && plan.payment.count == 17)
    }

    @Test("what a size costs is learned once, with a reserve, until the price changes")
    func budgets() {
        var budgets = GasBudgets(laneMist: 500_000_000)
        #expect(budgets.budget(.charge, operations: 3, price: 2) == nil)
        budgets.learn(
            GasCosts(computation: 1_000_000, storage: 500, rebate: 900), of: .charge,
            operations: 3, price: 2)
        let four = budgets.budget(.charge, operations: 4, price: 2)
        #expect(four == 6_999_999)  // A third and a half more, and 5,000,000.
        #expect(budgets.budget(.charge, operations: 3, price: 2) == four)
        #expect(budgets.budget(.charge, operations: 5, price: 2) == nil)
        #expect(budgets.budget(.charge, operations: 1, price: 2) == four)
        #expect(budgets.budget(.refund, operations: 3, price: 2) == nil)
        #expect(budgets.budget(.charge, operations: 3, price: 3) == nil)
        #expect(budgets.budget(.charge, operations: 4, price: 2) == four)
    }

    @Test(
        "what no transaction costs is not believed, and every lane stays one",
        arguments: [6_700_000_000, 40_000_000_000, UInt64.max])
    func incredible(computation: UInt64) {
        var budgets = GasBudgets(laneMist: 500_000_000)
        let lie = GasCosts(computation: computation, storage: computation, rebate: 0)
        let isBelieved = budgets.learn(lie, of: .charge, operations: 200, price: 2)
        #expect(!isBelieved)
        #expect(budgets.largest == 0)
        #expect(budgets.budget(.charge, operations: 5, price: 2) == nil)
        let much = GasCosts(computation: 5_000_000_000, storage: 0, rebate: 0)
        let isCredible = budgets.learn(much, of: .charge, operations: 256, price: 2)
        #expect(isCredible)
        #expect(budgets.largest == 7_505_000_000)
    }
}
