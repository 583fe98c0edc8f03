import SuiProtocol
import Testing

@testable import Escrow

@Suite struct WalletGasTests {
    private func coin(_ number: Int, _ balance: UInt64) throws -> CoinHolding {
        CoinHolding(try Sample.gas(number, version: 1), balance: balance)
    }

    private func costs(_ computation: UInt64, _ storage: UInt64) -> GasCosts {
        GasCosts(computation: computation, storage: storage, rebate: 0)
    }

    @Test("the largest coin pays alone where it can, and as few others as do where not")
    func coins() throws {
        let coins = try [coin(1, 60_000_000), coin(2, 50_000_000), coin(3, 1)]
        let gas = WalletGas(coins: coins, addressBalance: 0, price: 1000)
        #expect(gas.choice(after: costs(1_000_000, 2_000_000))?.payment == [coins[0].reference])
        let large = gas.choice(after: costs(50_000_000, 30_000_000))
        #expect(large?.payment == [coins[0].reference, coins[1].reference])
        #expect(large?.budget == 92_000_000)
        #expect(gas.choice(after: costs(100_000_000, 0)) == nil)
    }

    @Test("the address balance pays only where coins do not, and never together with them")
    func addressBalance() throws {
        let coins = try [coin(1, 3_000_000)]
        let gas = WalletGas(coins: coins, addressBalance: 50_000_000, price: 1000)
        #expect(gas.choice(after: costs(0, 500_000))?.payment == [coins[0].reference])
        #expect(gas.choice(after: costs(10_000_000, 0))?.payment == [])
        #expect(gas.choice(after: costs(42_000_000, 0)) == nil)
    }

    @Test("without the least budget there is not even a trial")
    func least() throws {
        for (balance, hasTrial) in [(0, false), (999_999, false), (1_000_000, true)] {
            let coins = balance == 0 ? [] : try [coin(1, UInt64(balance))]
            let gas = WalletGas(coins: coins, addressBalance: 0, price: 1000)
            #expect((gas.trial() != nil) == hasTrial)
        }
    }

    @Test("a price or costs beyond all reason do not overflow")
    func absurd() throws {
        let coins = try [coin(1, .max), coin(2, .max)]
        let gas = WalletGas(coins: coins, addressBalance: .max, price: .max)
        #expect(gas.trial() == nil)
        #expect(WalletGas.budget(after: costs(.max, .max), price: .max) == .max)
        #expect(gas.available == .max)
    }
}
