import SuiProtocol
import Testing

@testable import MockSuiNode

/// What keeps good transactions from having their effect.
@Suite struct ObstacleTests {
    private func deny(
        _ world: inout LedgerWorld, isPaused: Bool = false, _ addresses: [SuiAddress] = []
    ) {
        world.ledger.apply(
            .deny(CoinDenial(coinType: world.usdc, isPaused: isPaused, addresses: addresses)))
    }

    @Test("a denied treasury fails the charge, which costs gas and can be made again")
    func deniedTreasury() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let treasury = world.ledger.genesis.treasury
        deny(&world, [treasury])

        let done = try world.charge(account, seq: 1, 100)

        #expect(done.effects.failure?.kind == .addressDenied(treasury, world.usdc))
        #expect(done.effects.gas.net > 0 && done.events.isEmpty)
        #expect(world.account(account)?.sequence == 0)
        deny(&world)
        #expect(try world.charge(account, seq: 1, 100).effects.failure == nil)
    }

    @Test("a paused coin fails the charge and the withdrawal, and the sender of one is refused")
    func paused() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let coin = world.mint(world.usdc, 5, to: world.alice.address)
        deny(&world, isPaused: true)

        #expect(
            try world.charge(account, seq: 1, 100).effects.failure?.kind
                == .coinPaused(world.usdc))
        let withdrawal = try world.run(
            [
                world.call("withdraw", [.input(0), .input(1)]),
                .transferObjects([.result(0)], to: .input(2)),
            ],
            [
                world.shared(account), LedgerWorld.number(1),
                .pure(world.alice.address.bytes),
            ], by: world.alice)
        #expect(withdrawal.effects.failure?.kind == .coinPaused(world.usdc))
        #expect(throws: TransactionRefusal.denied(.coinPaused(world.usdc))) {
            try world.run(
                [world.call("deposit", [.input(0), .input(1)])],
                [world.shared(account), world.owned(coin)], by: world.alice)
        }
    }

    @Test("a sender who is denied is refused, and others are not")
    func deniedSender() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        deny(&world, [world.alice.address])
        for (key, isDenied) in [(world.alice, true), (world.bob, false)] {
            let coin = world.mint(world.usdc, 5, to: key.address)
            let deposit = {
                try world.run(
                    [world.call("deposit", [.input(0), .input(1)])],
                    [world.shared(account), world.owned(coin)], by: key)
            }
            if isDenied {
                #expect(throws: TransactionRefusal.self) { try deposit() }
            } else {
                #expect(try deposit().effects.failure == nil)
            }
        }
    }

    @Test("a congested transaction pays its gas, uses up its gas coin and touches nothing else")
    func congestion() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let before = try #require(world.ledger.object(account))
        let gas = try #require(world.gas(of: world.charger.address))
        let batch = world.batch([(account, 1, 100)])
        let data = world.transaction(batch.commands, batch.inputs, by: world.charger)

        let ran = world.ledger.apply(
            .execute(data.bcs, signatures: [], at: world.ledger.now, isCancelled: true))

        let done = try #require(ran)
        #expect(done.effects.failure?.kind == .congested([account]))
        #expect(done.effects.gas.net > 0 && done.effects.changes.map(\.id) == [gas.id])
        #expect(world.ledger.object(account) == before)
        #expect(world.ledger.object(gas.id)?.version == done.effects.lamportVersion)
        #expect(try world.charge(account, seq: 1, 100).effects.failure == nil)
    }

    @Test("what was denied and cancelled is so again after a restart")
    func journal() throws {
        let denial = CoinDenial(coinType: .sui, isPaused: true, addresses: [.clock])
        let inputs: [LedgerInput] = [
            .deny(denial), .execute([1], signatures: ["AA=="], at: 5, isCancelled: true),
            .execute([1], signatures: [], at: 5),
        ]
        for input in inputs {
            let line = JournalEntry.input(input).line.dropLast()
            #expect(JournalEntry(line: line) == .input(input))
        }
    }
}
