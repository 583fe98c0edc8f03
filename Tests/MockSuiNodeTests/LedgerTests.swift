import ByteCodecs
import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct LedgerTests {
    /// Pays `amount` out of the gas coin.
    private func payment(_ world: LedgerWorld, _ amount: UInt64) -> TransactionData {
        world.transaction(
            [
                .splitCoins(.gasCoin, amounts: [.input(0)]),
                .transferObjects([.result(0)], to: .input(1)),
            ], [LedgerWorld.number(amount), .pure(world.bob.address.bytes)], by: world.alice)
    }

    @Test("no MIST appears or disappears but the gas")
    func conservation() throws {
        var world = try LedgerWorld()
        let done = try world.run(payment(world, 5_000_000), by: world.alice)

        let sum = done.effects.balanceChanges.map(\.amount).reduce(0, +)
        #expect(sum == -Int128(done.effects.gas.net))
        #expect(done.effects.gas.computation == 1_000_000)
    }

    @Test("all that is written has one version, above all that came in")
    func lamport() throws {
        var world = try LedgerWorld()
        let before = try #require(world.gas(of: world.alice.address))
        let done = try world.run(payment(world, 5), by: world.alice)

        #expect(done.effects.lamportVersion == before.version + 1)
        for change in done.effects.changes {
            #expect(change.after?.version == done.effects.lamportVersion)
            #expect(change.after?.previousTransaction == done.digest)
        }
    }

    @Test("equal bytes run once")
    func idempotence() throws {
        var world = try LedgerWorld()
        let data = payment(world, 5_000_000)
        let first = try world.run(data, by: world.alice)
        let count = world.ledger.transactions.count

        let again = world.ledger.apply(.execute(data.bcs, signatures: [], at: world.ledger.now))

        #expect(again?.digest == first.digest)
        #expect(world.ledger.transactions.count == count)
    }

    @Test("a gas coin that was used meanwhile is refused with both versions")
    func staleGas() throws {
        var world = try LedgerWorld()
        let old = payment(world, 5)
        let gas = old.gas.payment[0]
        try world.run(payment(world, 6), by: world.alice)

        #expect(throws: TransactionRefusal.objectStale(gas, current: gas.version + 1)) {
            try world.run(old, by: world.alice)
        }
    }

    @Test("a transaction runs in its last epoch and not in the next")
    func expiration() throws {
        var world = try LedgerWorld()
        let data = payment(world, 5)
        world.ledger.apply(.epoch(at: world.ledger.now))
        #expect(throws: Never.self) {
            try world.ledger.admit(data.bcs, signatures: [world.alice.sign(data)])
        }
        world.ledger.apply(.epoch(at: world.ledger.now))
        #expect(throws: TransactionRefusal.expired) { try world.run(data, by: world.alice) }
    }

    @Test("somebody else's signature, none and a spoilt one are refused")
    func signatures() throws {
        let world = try LedgerWorld()
        let data = payment(world, 5)
        var spoilt = world.alice.sign(.transaction(data.bcs))
        spoilt[5] ^= 1
        let attempts: [([String], TransactionRefusal)] = [
            ([], .signatureCount(expected: 1, actual: 0)),
            ([world.bob.sign(data)], .signatureMissing(world.alice.address)),
            ([Base64.encode(spoilt)], .signatureInvalid("signature_mismatch")),
        ]
        for (signatures, refusal) in attempts {
            #expect(throws: refusal) {
                try world.ledger.admit(data.bcs, signatures: signatures)
            }
        }
    }

    @Test(
        "budget and price outside their bounds are refused",
        arguments: [
            (999, 50_000_000), (1000, 999_999), (1000, 50_000_000_001),
        ])
    func gasBounds(price: UInt64, budget: UInt64) throws {
        let world = try LedgerWorld()
        var data = payment(world, 5)
        data.gas.price = price
        data.gas.budget = budget
        #expect(throws: TransactionRefusal.self) {
            try world.ledger.admit(data.bcs, signatures: [world.alice.sign(data)])
        }
    }

    @Test("gas coins merge into the first even where the transaction fails")
    func smashing() throws {
        var world = try LedgerWorld()
        let second = world.mint(.sui, 70, to: world.alice.address)
        let coins = LedgerView.direct(world.ledger).owned(by: world.alice.address)
            .map(\.reference)
        let data = world.transaction(
            [.splitCoins(.gasCoin, amounts: [.input(0)])], [LedgerWorld.number(.max)],
            by: world.alice, gas: coins)

        let done = try world.run(data, by: world.alice)

        #expect(done.effects.failure?.kind == .insufficientCoinBalance)
        #expect(world.ledger.object(second) == nil)
        let left = LedgerView.direct(world.ledger).coins(of: world.alice.address, .sui).sum
        #expect(Int128(left) == 10_000_000_070 - Int128(done.effects.gas.net))
    }

    @Test("an address balance becomes a coin, and no more than is reserved")
    func funds() throws {
        var world = try LedgerWorld()
        world.mint(world.usdc, 100, to: world.alice.address, isBalance: true)
        for (amount, isEnough) in [(101 as UInt64, false), (60, true), (60, false)] {
            let done = try world.run(
                [
                    .moveCall(
                        MoveCall(
                            .framework, "coin", "redeem_funds", types: [world.usdc], [.input(0)])),
                    .transferObjects([.result(0)], to: .input(1)),
                ],
                [
                    .funds(FundsWithdrawal(amount: amount, coinType: world.usdc)),
                    .pure(world.bob.address.bytes),
                ], by: world.alice)
            #expect((done.effects.failure == nil) == isEnough)
        }
        #expect(world.coins(of: world.bob.address) == 60)
        let key = BalanceKey(owner: world.alice.address, coinType: world.usdc)
        #expect(world.ledger.addressBalance(key) == 40)
    }

    /// Alice's coins of USDC by what is in them, once she has run a call of `0x2::pay`.
    private func paying(
        _ function: MoveIdentifier, with coins: [UInt64], _ arguments: [TransactionArgument],
        _ inputs: [TransactionInput] = [], vector: [TransactionArgument]? = nil
    ) throws -> (world: LedgerWorld, failure: Bool, balances: [UInt64]) {
        var world = try LedgerWorld()
        let ids = coins.map { world.mint(world.usdc, $0, to: world.alice.address) }
        let call = TransactionCommand.moveCall(
            MoveCall(.framework, "pay", function, types: [world.usdc], arguments))
        let done = try world.run(
            (vector.map { [.makeMoveVector(nil, $0)] } ?? []) + [call],
            ids.map(world.owned) + inputs, by: world.alice)
        return (world, done.effects.failure != nil, world.balances(of: world.alice.address))
    }

    @Test("coins are joined, one into another and a vector of them, and none is lost")
    func joining() throws {
        let one = try paying("join", with: [5, 7, 11], [.input(0), .input(1)])
        #expect(!one.failure)
        #expect(one.balances == [11, 12])
        let many = try paying(
            "join_vec", with: [5, 7, 11, 13], [.input(0), .result(0)],
            vector: [.input(1), .input(2)])
        #expect(!many.failure)
        #expect(many.balances == [13, 23])
        let none = try paying("join_vec", with: [5, 7], [.input(0), .input(1)])
        #expect(none.failure)
        #expect(none.balances == [5, 7])
    }

    @Test("a coin is split for its owner or for somebody else, and by no more than is in it")
    func splitting() throws {
        let amounts: [(UInt64, [UInt64])] = [(3, [3, 17]), (20, [0, 20]), (21, [20])]
        for (amount, left) in amounts {
            let done = try paying(
                "split", with: [20], [.input(0), .input(1)], [LedgerWorld.number(amount)])
            #expect(done.failure == (amount > 20))
            #expect(done.balances == left)
        }
        for (amount, left, given) in [(3, [17], 3), (21, [20], 0)] as [(UInt64, [UInt64], UInt128)]
        {
            let bob = LedgerWorld.key(2).address
            let done = try paying(
                "split_and_transfer", with: [20], [.input(0), .input(1), .input(2)],
                [LedgerWorld.number(amount), .pure(bob.bytes)])
            #expect(done.failure == (amount > 20))
            #expect(done.balances == left)
            #expect(done.world.coins(of: bob) == given)
        }
    }

    @Test("what was split and not given away undoes the transaction")
    func leftovers() throws {
        var world = try LedgerWorld()
        let done = try world.run(
            [.splitCoins(.gasCoin, amounts: [.input(0)])], [LedgerWorld.number(5)],
            by: world.alice)
        #expect(done.effects.failure?.kind == .unusedValue(0, 0))
    }

    @Test("an index sees whole checkpoints, and the past as it was")
    func views() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        world.ledger.apply(.checkpoint(at: world.ledger.now))
        let done = try world.charge(account, seq: 1, 300)

        let seen = LedgerView.index(world.ledger, lag: 0, retention: nil)
        #expect(seen.transaction(done.digest) == nil)
        #expect(seen.object(account)?.version != world.ledger.object(account)?.version)
        #expect(LedgerView.direct(world.ledger).checkpoint(of: done.digest) == nil)

        world.ledger.apply(.checkpoint(at: world.ledger.now))
        let now = LedgerView.index(world.ledger, lag: 0, retention: nil)
        #expect(now.checkpoint(of: done.digest)?.sequence == now.checkpoint.sequence)
    }

    @Test("same genesis and same steps, same chain")
    func determinism() throws {
        let run = {
            var world = try LedgerWorld(seed: 3)
            let account = try world.open(1000, by: world.alice)
            try world.charge(account, seq: 1, 300)
            world.ledger.apply(.checkpoint(at: world.ledger.now))
            return world.ledger
        }
        #expect(try LedgerDump.json(run()) == LedgerDump.json(run()))
    }
}
