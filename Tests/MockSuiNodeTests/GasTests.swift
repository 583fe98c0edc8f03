import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct GasTests {
    private func window(_ world: LedgerWorld, _ epochs: ClosedRange<UInt64> = 0...1)
        -> ValidityWindow
    {
        ValidityWindow(epochs: epochs, chain: world.ledger.chain, nonce: 1)
    }

    /// Somebody who has SUI in no coin.
    private func payer(_ world: inout LedgerWorld, _ amount: UInt64) -> SuiPrivateKey {
        let payer = LedgerWorld.key(9)
        world.mint(.sui, amount, to: payer.address, isBalance: true)
        return payer
    }

    private func empty(
        _ world: LedgerWorld, by key: SuiPrivateKey, _ expiration: TransactionExpiration
    ) -> TransactionData {
        world.transaction(
            [.moveCall(MoveCall(.framework, "coin", "zero", types: [.sui], []))]
                + [.transferObjects([.result(0)], to: .input(0))],
            [.pure(key.address.bytes)], by: key, gas: [], expiration: expiration)
    }

    private func balance(_ world: LedgerWorld, _ key: SuiPrivateKey) -> UInt64 {
        world.ledger.addressBalance(BalanceKey(owner: key.address, coinType: .sui))
    }

    @Test("an address balance pays the gas, and no coin is named")
    func addressBalance() throws {
        var world = try LedgerWorld()
        let payer = payer(&world, 60_000_000)

        let done = try world.run(
            empty(world, by: payer, .validDuring(window(world))), by: payer)

        #expect(done.effects.failure == nil && done.effects.gasObject == nil)
        #expect(Int64(balance(world, payer)) == 60_000_000 - done.effects.gas.net)
        #expect(
            done.effects.balanceChanges.map(\.amount) == [-Int128(done.effects.gas.net)])
    }

    @Test("a failed transaction is paid from the address balance as well")
    func failure() throws {
        var world = try LedgerWorld()
        let payer = payer(&world, 60_000_000)
        let data = world.transaction(
            [.moveCall(MoveCall(.framework, "coin", "nothing", types: [.sui], []))], [],
            by: payer, gas: [], expiration: .validDuring(window(world)))

        let done = try world.run(data, by: payer)

        #expect(done.effects.failure?.kind == .functionNotFound)
        #expect(Int64(balance(world, payer)) == 60_000_000 - done.effects.gas.net)
    }

    @Test("what a reservation and the gas need together must be there")
    func reservation() throws {
        var world = try LedgerWorld()
        let payer = payer(&world, 60_000_000)
        let funds = FundsWithdrawal(amount: 10_000_001, coinType: .sui, source: .sender)
        let data = world.transaction(
            [
                .moveCall(
                    MoveCall(.framework, "coin", "redeem_funds", types: [.sui], [.input(0)])),
                .transferObjects([.result(0)], to: .input(1)),
            ], [.funds(funds), .pure(payer.address.bytes)], by: payer, gas: [],
            expiration: .validDuring(window(world)))

        let done = try world.run(data, by: payer)

        #expect(done.effects.failure?.kind == .insufficientFundsForWithdraw)
    }

    @Test("gas from an address balance needs an end in time, the right chain, and enough")
    func refusals() throws {
        var world = try LedgerWorld()
        let payer = payer(&world, 49_999_999)
        let other = ChainIdentifier(genesis: CheckpointDigest(hashing: [1]))
        let expirations: [TransactionExpiration] = [
            .epoch(1), .none, .validDuring(window(world)), .validDuring(window(world, 1...2)),
            .validDuring(window(world, 0...2)),
            .validDuring(ValidityWindow(epochs: 0...1, chain: other, nonce: 0)),
        ]
        for expiration in expirations {
            let data = empty(world, by: payer, expiration)
            #expect(throws: TransactionRefusal.self, "\(expiration)") {
                try world.run(data, by: payer)
            }
        }
        #expect(balance(world, payer) == 49_999_999)
    }

    @Test("a failed transaction moves nothing, charges gas, and uses up each version it named")
    func failedVersions() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let coin = world.mint(world.usdc, 5, to: world.bob.address)
        let gas = try #require(world.gas(of: world.bob.address))
        let before = try #require(world.ledger.object(account))

        let done = try world.run(
            [
                world.call("deposit", [.input(0), .input(1)]),
                world.call("withdraw", [.input(0), .input(2)]),
            ], [world.shared(account), world.owned(coin), LedgerWorld.number(1)], by: world.bob)

        #expect(done.effects.failure?.command == 1)
        let version = done.effects.lamportVersion
        #expect(version > before.version && version > gas.version)
        for id in [account, coin, gas.id] {
            #expect(world.ledger.object(id)?.version == version)
        }
        #expect(world.ledger.object(coin)?.contents == .coin(balance: 5))
        #expect(world.ledger.object(account)?.contents == before.contents)
        #expect(
            world.ledger.object(gas.id)?.contents
                == .coin(balance: UInt64(10_000_000_000 - done.effects.gas.net)))
        #expect(done.effects.gas.net > 0 && done.events.isEmpty)
    }
}
