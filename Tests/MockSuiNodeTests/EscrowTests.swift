import ByteCodecs
import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct EscrowTests {
    @Test("a charge moves money from the account to the treasury, once for its number")
    func charge() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)

        let first = try world.charge(account, seq: 1, 300)
        let again = try world.charge(account, seq: 1, 300)

        #expect(world.account(account)?.balance == 700)
        #expect(world.account(account)?.sequence == 1)
        #expect(world.coins(of: world.ledger.genesis.treasury) == 300)
        #expect(world.events(of: first).map(\.name) == ["Charged"])
        let declined = try #require(world.events(of: again).first)
        #expect(declined.name == "Declined")
        #expect(declined.json["reason"] == 3)
    }

    @Test("a batch of many charges is one coin for the treasury")
    func batch() throws {
        var world = try LedgerWorld()
        let rich = try world.open(1000, by: world.alice)
        let poor = try world.open(10, by: world.bob)

        let batch = world.batch([(rich, 1, 400), (poor, 1, 50), (rich, 2, 5)])
        #expect(throws: TransactionRefusal.inputTwice(rich)) {
            try world.run(batch.commands, batch.inputs, by: world.charger)
        }
        let good = world.batch([(rich, 1, 400), (poor, 1, 50)])
        let done = try world.run(good.commands, good.inputs, by: world.charger)

        #expect(done.effects.failure == nil)
        #expect(world.events(of: done).map(\.name) == ["Charged", "Declined"])
        #expect(world.events(of: done)[1].json["reason"] == 1)
        #expect(world.account(poor)?.sequence == 1)
        #expect(world.coins(of: world.ledger.genesis.treasury) == 400)
    }

    @Test("the limit declines, and a new period starts on the millisecond")
    func period() throws {
        var world = try LedgerWorld()
        let account = try world.open(10_000, limit: 100, by: world.alice)
        let opened = try #require(world.account(account)?.periodStart)
        try world.charge(account, seq: 1, 100)

        let declined = try world.charge(account, seq: 2, 1)
        #expect(world.events(of: declined)[0].json["reason"] == 2)
        #expect(world.account(account)?.sequence == 2)

        world.ledger.apply(
            .checkpoint(at: Int64(opened + EscrowAccountState.periodMilliseconds - 1)))
        try world.charge(account, seq: 3, 1)
        #expect(world.account(account)?.periodCharged == 100)

        world.ledger.apply(.checkpoint(at: Int64(opened + EscrowAccountState.periodMilliseconds)))
        try world.charge(account, seq: 4, 1)
        #expect(world.account(account)?.periodCharged == 1)
        #expect(
            world.account(account)?.periodStart == opened + EscrowAccountState.periodMilliseconds)
    }

    @Test("whoever is not the charger aborts with 1, and pays gas for it")
    func stranger() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let before = LedgerView.direct(world.ledger).coins(of: world.bob.address, .sui).sum

        let done = try world.charge(account, seq: 1, 300, by: world.bob)

        #expect(done.effects.failure?.kind == world.abort("charge", 1))
        #expect(done.effects.failure?.command == 0)
        #expect(world.account(account)?.balance == 1000)
        #expect(done.events.isEmpty)
        #expect(LedgerView.direct(world.ledger).coins(of: world.bob.address, .sui).sum < before)
        #expect(world.ledger.object(account)?.version == done.effects.lamportVersion)
    }

    @Test("each check of `charge` has its code", arguments: [(0, 3), (1 << 63, 6)])
    func amounts(amount: UInt64, code: UInt64) throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)

        let done = try world.charge(account, seq: 1, amount)

        #expect(done.effects.failure?.kind == world.abort("charge", code))
    }

    @Test("a reference of 65 bytes aborts with 5, one of 64 does not", arguments: [64, 65])
    func reference(count: Int) throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let batch = world.batch([(account, 1, 1)], reference: Array(repeating: 1, count: count))

        let done = try world.run(batch.commands, batch.inputs, by: world.charger)

        #expect(done.effects.failure?.kind == (count == 65 ? world.abort("charge", 5) : nil))
    }

    @Test("only the owner withdraws, and no more than there is")
    func withdraw() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let attempts: [(SuiPrivateKey, UInt64, UInt64?)] = [
            (world.bob, 1, 2), (world.charger, 1, 2), (world.alice, 0, 3), (world.alice, 1001, 4),
            (world.alice, 1000, nil),
        ]
        for (key, amount, code) in attempts {
            let commands = [
                world.call("withdraw", [.input(0), .input(1)]),
                .transferObjects([.result(0)], to: .input(2)),
            ]
            let done = try world.run(
                commands,
                [world.shared(account), LedgerWorld.number(amount), .pure(key.address.bytes)],
                by: key)
            #expect(done.effects.failure?.kind == code.map { world.abort("withdraw", $0) })
        }
        #expect(world.account(account)?.balance == 0)
        #expect(world.coins(of: world.alice.address) == 1000)
    }

    @Test("a cancelled number can never be charged, and a stale cancel aborts with 7")
    func cancel() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let inputs = [
            world.shared(account), world.shared(world.ledger.genesis.operatorID, .immutable),
            LedgerWorld.number(1), LedgerWorld.bytes([1]),
        ]
        let commands = [world.call("cancel", [.input(0), .input(1), .input(2), .input(3)])]

        let done = try world.run(commands, inputs, by: world.charger)
        let late = try world.charge(account, seq: 1, 300)
        let again = try world.run(commands, inputs, by: world.charger)

        #expect(world.events(of: done).map(\.name) == ["Cancelled"])
        #expect(world.events(of: late)[0].json["reason"] == 3)
        #expect(again.effects.failure?.kind == world.abort("cancel", 7))
        #expect(world.account(account)?.balance == 1000)
    }

    @Test("a refund takes the next number and leaves the period as it was")
    func refund() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        try world.charge(account, seq: 1, 300)
        let coin = world.mint(world.usdc, 120, to: world.charger.address)

        let done = try world.run(
            [world.call("refund", [.input(0), .input(1), .input(2), .input(3), .input(4)])],
            [
                world.shared(account), world.shared(world.ledger.genesis.operatorID, .immutable),
                LedgerWorld.number(2), world.owned(coin), LedgerWorld.bytes([1]),
            ], by: world.charger)

        #expect(world.events(of: done).map(\.name) == ["Refunded"])
        #expect(world.account(account)?.balance == 820)
        #expect(world.account(account)?.periodCharged == 300)
        #expect(world.ledger.object(coin) == nil)
    }

    @Test("a coin sent to the account's address is taken in by anyone")
    func receive() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        let coin = world.mint(world.usdc, 50, to: account)
        let stray = world.mint(world.usdc, 50, to: world.bob.address)
        let call = [world.call("receive", [.input(0), .input(1)])]
        let reference = { (id: ObjectID) throws in
            TransactionInput.object(.receiving(try #require(world.ledger.object(id)).reference))
        }

        let done = try world.run(call, [world.shared(account), reference(coin)], by: world.bob)
        let wrong = try world.run(call, [world.shared(account), reference(stray)], by: world.bob)

        #expect(world.events(of: done)[0].json["from"] == "\(world.bob.address)")
        #expect(world.account(account)?.balance == 1050)
        #expect(wrong.effects.failure != nil)
        #expect(world.ledger.object(stray) != nil)
    }

    @Test("proceeds that are not settled undo the charge")
    func proceeds() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)
        var batch = world.batch([(account, 1, 300)])
        batch.commands.removeLast()

        let done = try world.run(batch.commands, batch.inputs, by: world.charger)

        #expect(done.effects.failure?.kind == .unusedValue(0, 0))
        #expect(world.account(account)?.sequence == 0)
    }

    @Test("a look-alike package cannot touch our accounts; a wrapper emits our events")
    func foreignPackages() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)

        let alike = try world.charge(
            account, seq: 1, 10, package: world.ledger.genesis.lookalikePackage)
        let wrapped = try world.charge(
            account, seq: 1, 10, package: world.ledger.genesis.wrapperPackage)

        #expect(alike.effects.failure?.kind == .argument(0, .typeMismatch))
        let event = world.ledger.events[wrapped.events.lowerBound]
        #expect(event.type.package == world.package)
        #expect(event.callee.package == world.ledger.genesis.wrapperPackage)
    }

    @Test("events have the bytes that the contract's page says")
    func eventBytes() throws {
        var world = try LedgerWorld()
        let account = try world.open(1000, by: world.alice)

        let done = try world.charge(account, seq: 1, 300)

        var expected = BCSWriter()
        expected.raw(account.bytes)
        expected.u64(1)
        expected.u64(300)
        expected.byteVector([UInt8](repeating: 9, count: 32))
        expected.u64(700)
        expected.u64(300)
        expected.u64(UInt64(LedgerWorld.start))
        #expect(world.ledger.events[done.events.lowerBound].bcs == expected.bytes)
    }
}

extension LedgerWorld {
    func abort(_ function: String, _ code: UInt64) -> ExecutionFailure.Kind {
        .moveAbort(package: package, module: "account", function: function, code: code)
    }
}
