import Cryptography
import Identifiers
import SuiProtocol
import Testing

@testable import Escrow

@Suite struct WalletComposerTests {
    @Test(
        "with every coin that there is room for, and the longest gas, the bytes can be submitted",
        arguments: [0, 1, 16, 255, 256])
    func room(gasCoins: Int) throws {
        let limit = WalletComposer.coinLimit(gasCoins: gasCoins)
        #expect((150...450).contains(limit))
        let coins = try (0..<limit).map {
            CoinHolding(try Sample.gas(1000 + $0, version: 7), balance: 10)
        }
        let composer = WalletComposer(
            terms: EscrowTerms(
                contract: EscrowContract(
                    package: try Sample.address(1), coin: KnownCoin.mainnetUSDC.type),
                operator: try Sample.address(2), chain: .mainnet),
            owner: try Sample.address(3),
            request: .open(payment: MicroUSDC(Int64(limit) * 10 - 1), spendingLimit: .max),
            target: SharedObject(id: try Sample.address(2), initialVersion: .max),
            funds: .init(coins: coins), epoch: .max - 1, price: .max, nonce: .max)
        // A few more coins of gas than the trial took.
        let gas = try (0..<min(256, gasCoins + 10)).map {
            try Sample.gas(5000 + $0, version: 7)
        }
        let data = try composer.transaction(WalletGas.Choice(payment: gas, budget: .max))
        #expect(data.bcs.count <= WalletComposer.byteLimit)
        // Base64 of both, beside the longest signature that is looked at, in a body of 64 KiB.
        let body = (data.bcs.count + 2) / 3 * 4 + SuiSignature.textLimit + 64
        #expect(body <= 64 << 10)
    }

    @Test("what lies in coins beyond the room is told apart from what is not there")
    func figures() throws {
        let coin = CoinHolding(try Sample.gas(1, version: 1), balance: .max)
        let funds = WalletComposer.Funds(coins: [coin, coin], addressBalance: 1, elsewhere: 1)
        #expect(funds.atOnce == .max && funds.total == .max)
        let small = WalletComposer.Funds(
            coins: [CoinHolding(try Sample.gas(1, version: 1), balance: 5)], addressBalance: 2,
            elsewhere: 3)
        #expect(small.atOnce == 7 && small.total == 10)
    }
}
