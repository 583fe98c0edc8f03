import SuiProtocol
import Testing

@testable import Escrow

@Suite struct RefundFundsTests {
    private static func coins(_ balances: [UInt64]) throws -> [CoinHolding] {
        try balances.enumerated().map { place, balance in
            CoinHolding(try Sample.gas(place + 1, version: 1), balance: balance)
        }
    }

    @Test(
        "a refund takes no more coins than it needs, and leaves the larger ones to others",
        arguments: [
            ([50, 40, 30], 0, 30, [30]), ([50, 40, 30], 0, 31, [40]),
            ([50, 40, 30], 0, 51, [50, 40]),
            ([50, 40, 30], 60, 51, []), ([50, 40, 30], 20, 61, [50]),
            ([50, 40, 30], 5, 124, [50, 40, 30]), ([], 0, 1, []),
        ] as [([UInt64], UInt64, UInt64, [UInt64])])
    func taken(balances: [UInt64], inAddress: UInt64, amount: UInt64, taken: [UInt64]) throws {
        let funds = RefundFunds(coins: try Self.coins(balances), addressBalance: inAddress)
        #expect(funds.coins(for: amount).map(\.balance) == taken)
    }

    @Test(
        "half of what is left becomes a coin of its own, while there are few and it is worth it",
        arguments: [
            ([100], 0, 30, 35), ([100], 0, 33, 33), ([100], 0, 34, nil), ([100], 0, 100, nil),
            ([100], 30, 30, nil), ([60, 50], 0, 100, nil), ([], 0, 1, nil),
            ([100, 9, 9, 9, 9, 9, 9], 0, 30, 35), ([100, 9, 9, 9, 9, 9, 9, 9], 0, 30, nil),
            ([1000, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 300, 350), ([1000, 998], 0, 996, nil),
            ([10_000, 230], 0, 30, nil),
        ] as [([UInt64], UInt64, UInt64, UInt64?)])
    func spare(balances: [UInt64], inAddress: UInt64, amount: UInt64, spare: UInt64?) throws {
        let funds = RefundFunds(coins: try Self.coins(balances), addressBalance: inAddress)
        #expect(funds.spare(beside: amount)?.amount == spare)
    }

    @Test(
        "what bytes that were given up may have locked is taken last",
        arguments: [
            (30, [40]), (41, [50]), (60, [50, 40]), (91, [50, 40, 30]),
        ] as [(UInt64, [UInt64])])
    func locked(amount: UInt64, taken: [UInt64]) throws {
        let coins = try Self.coins([50, 40, 30])
        let funds = RefundFunds(
            coins: coins, addressBalance: 0, locked: [coins[2].reference.id])
        #expect(funds.coins(for: amount).map(\.balance) == taken)
    }

    @Test("coins that other bytes spend are not there, and still count as coins that exist")
    func spent() throws {
        let coins = try Self.coins([100, 90, 4, 4, 4, 4, 4, 4])
        var funds = RefundFunds(coins: coins, addressBalance: 20)
        var builder = TransactionBuilder()
        let input = try builder.owned(coins[0].reference)
        let redeemed = try builder.redeem(15, of: KnownCoin.sui.type)
        try builder.transferObjects([input, redeemed], to: try Sample.address(1))
        let gas = GasData(
            payment: [try Sample.gas(99, version: 1)], owner: try Sample.address(1), price: 1,
            budget: 1)
        funds.remove(
            spentBy: try builder.finish(
                sender: try Sample.address(1), gas: gas, expiration: .epoch(1)))
        #expect(funds.sum == 119)
        #expect(funds.coins(for: 30).map(\.balance) == [90])
        #expect(funds.spare(beside: 30) == nil)
    }
}
