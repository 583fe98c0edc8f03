import SuiProtocol
import Testing

@testable import SuiNodeClient

@Suite struct WantedCoinsTests {
    private static let limits: SuiNodeLimits = {
        var limits = SuiNodeLimits()
        (limits.coinPages, limits.mostCoinPages) = (2, 4)
        return limits
    }()

    private static func coins(_ balances: [UInt64]) throws -> [CoinHolding] {
        try balances.enumerated().map { place, balance in
            CoinHolding(
                ObjectReference(
                    id: try ObjectID(parsing: "0x\(place + 1)"), version: 1,
                    digest: try ObjectDigest(bytes: [UInt8](repeating: 1, count: 32))),
                balance: balance)
        }
    }

    @Test(
        "beyond the usual pages it looks only for what is not worth enough, and not for ever",
        arguments: [
            (1, [50, 50], 0, true), (2, [1, 1], 0, false), (2, [1, 1], 3, true),
            (2, [1, 1], 2, false), (2, [1, 1, 1], 3, true), (3, [1, 1, 9], 10, false),
            (4, [1, 1], 3, false),
        ] as [(Int, [UInt64], UInt64, Bool)])
    func goesOn(pages: Int, balances: [UInt64], worth: UInt64, expected: Bool) throws {
        let wanted = WantedCoins(limit: 2, worth: worth)
        let found = try Self.coins(balances)
        #expect(wanted.goesOn(after: pages, found, within: Self.limits) == expected)
    }

    @Test("the largest are kept, each once")
    func largest() throws {
        let found = try Self.coins([3, 1, 5, 4])
        #expect(WantedCoins(limit: 3).largest(found + found).map(\.balance) == [5, 4, 3])
    }
}
