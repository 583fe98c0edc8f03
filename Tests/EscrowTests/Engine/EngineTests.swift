import ByteCodecs
import Determinism
import Glibc
import Identifiers
import Observability
import SuiNodeClient
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

@Suite struct EngineTests {
    @Test("planned charges are settled once, each account's oldest first")
    func settles() async throws {
        let world = try await EngineWorld()
        try await world.start()
        let first = try await world.customer(11, balance: 1000)
        let second = try await world.customer(12, balance: 1000)
        var ids: [ChargeID] = []
        for number in 1...3 {
            ids.append(try await world.plan(first, 10, key: "a\(number)"))
            ids.append(try await world.plan(second, 20, key: "b\(number)"))
        }
        try await world.waitFor(.settled, of: ids)
        let order = try await world.store.run(
            "SELECT charge_id::text FROM charges ORDER BY account_id, sequence")
        let planned = try await world.store.run(
            "SELECT charge_id::text FROM charges ORDER BY account_id, charge_id")
        #expect(order == planned)
        #expect(try await world.count("charge_failures") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test(
        "whatever the node says of a transaction, or does not, its charge is settled once",
        arguments: [
            "answer_lost", "answer_cut", "timeout_after", "timeout_before", "too_many_requests",
            "server_error", "html", "gas_coin_taken", "epoch_change", "not_found", "stale_reads",
        ])
    func faults(fault: String) async throws {
        let (world, customer) = try await EngineWorld.charged()
        try await world.fail(
            fault, method: nil, count: 6,
            amount: ["epoch_change": 3, "too_many_requests": 1][fault] ?? 50)
        var ids: [ChargeID] = []
        for number in 1...3 {
            ids.append(try await world.plan(customer, 10, key: "a\(number)"))
        }
        try await world.waitFor(.settled, of: ids, within: 60_000)
        try await world.endFaults()
        #expect(try await world.count("charges", where: "state = 'settled'") == 4)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("bytes that were stored and never sent are sent by the next leader")
    func takenOver() async throws {
        let (world, customer) = try await EngineWorld.charged()
        try await world.fail("server_error", method: "executeTransaction")
        let id = try await world.plan(customer, 10, key: "a")
        try await world.waitFor(.signed, of: [id])
        await world.stop()
        let bytes = try await world.store.value("SELECT count(*) FROM charge_batches")
        try await world.endFaults()
        try await world.start()
        try await world.waitFor(.settled, of: [id])
        #expect(try await world.store.value("SELECT count(*) FROM charge_batches") == bytes)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("too little money declines, gives the hold back and harms nobody else")
    func declined() async throws {
        let world = try await EngineWorld()
        try await world.start()
        let poor = try await world.customer(11, balance: 100)
        let rich = try await world.customer(12, balance: 100)
        try await world.fail("server_error", method: "simulateTransaction")
        let lost = try await world.plan(poor, 60, key: "a")
        let kept = try await world.plan(rich, 60, key: "b")
        let account = try await world.account(of: poor)
        let wallet = try EngineWorld.key(11)
        try await world.run(by: wallet) { [contract = world.contract] builder in
            let coin = try contract.withdraw(100, from: account, in: &builder)
            try builder.transferObjects([coin], to: wallet.address)
        }
        try await world.endFaults()
        try await world.waitFor(.declined, of: [lost])
        try await world.waitFor(.settled, of: [kept])
        #expect(try await world.count("escrow_accounts", where: "held_micro_usdc > 0") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("an operation that somebody wants cancelled is settled or cancelled, not both")
    func cancelled() async throws {
        let (world, customer) = try await EngineWorld.charged()
        let cancellations = Cancellations(database: world.database, surroundings: .live)
        try await world.fail("server_error", method: "executeTransaction")
        let id = try await world.plan(customer, 10, key: "a")
        try await world.waitFor(.signed, of: [id])
        let waiting = try await world.plan(customer, 10, key: "b")
        #expect(try await cancellations.ask(for: id, by: "test"))
        #expect(try await cancellations.ask(for: waiting, by: "test"))
        try await world.waitFor(.abandoned, of: [waiting])
        let isSigned = try await eventually {
            try await world.count("charge_batches", where: "purpose = 'cancel'") == 1
        }
        #expect(isSigned)
        try await world.endFaults()
        let isOver = try await eventually(within: 30_000) {
            try await world.state(id)?.isFinal == true
        }
        #expect(isOver)
        #expect(try await cancellations.ask(for: id, by: "test") == false)
        #expect(try await world.count("charges", where: "state = 'signed'") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds wait, loudly, for the charger's own money")
    func refunds() async throws {
        let world = try await EngineWorld()
        let log = try CapturedLog()
        try await world.start(logger: log.logger)
        let customer = try await world.customer(11, balance: 1000)
        let id = try await world.plan(customer, 100, key: "a")
        try await world.waitFor(.settled, of: [id])
        var refunds: [ChargeID] = []
        for number in 1...3 {
            let new = NewRefund(
                charge: id, amount: MicroUSDC(30), key: world.idempotencyKey("r\(number)"))
            refunds.append(try await world.charges.plan(new).id)
        }
        let isSaid = await eventually {
            world.obstacles.contains { if case .floatEmpty = $0 { true } else { false } }
        }
        #expect(isSaid)
        // Said first for as many refunds as were there by then.
        let words = "micro-USDC to \(world.charger.address)"
        #expect(await eventually { log.lines().contains { $0.contains(words) } })
        let missing = "\nsluice_engine_float_missing_micro_usdc"
        #expect(await eventually { world.metrics.text().contains("\(missing) 90\n") })
        #expect(
            try await world.count("charges", where: "kind = 'refund' AND state = 'planned'") == 3)
        try await world.mint(world.contract.coin, 90, to: world.charger.address)
        try await world.waitFor(.settled, of: refunds, within: 30_000)
        #expect(await eventually { world.metrics.text().contains("\(missing) 0\n") })
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds that wait because of dust ask for no more, and go once it is looked behind")
    func dust() async throws {
        let world = try await EngineWorld()
        let node = DustyNode(world.nodes)
        try await world.start(node: node)
        let customer = try await world.customer(11, balance: 1000)
        let id = try await world.plan(customer, 100, key: "a")
        try await world.waitFor(.settled, of: [id])
        try await world.mint(world.contract.coin, 90, to: world.charger.address)
        let new = NewRefund(charge: id, amount: MicroUSDC(60), key: world.idempotencyKey("r"))
        let refund = try await world.charges.plan(new).id
        let isSaid = await eventually {
            world.obstacles.contains { if case .floatHidden = $0 { true } else { false } }
        }
        #expect(isSaid, "\(world.obstacles)")
        #expect(!world.obstacles.contains { if case .floatEmpty = $0 { true } else { false } })
        #expect(try await world.state(refund) == .planned)
        #expect(world.metrics.text().contains("\nsluice_engine_float_missing_micro_usdc 0\n"))
        node.looksBehind.store(true, ordering: .relaxed)
        try await world.waitFor(.settled, of: [refund], within: 30_000)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds out of the address balance share it, and never promise it twice")
    func refundsTogether() async throws {
        let world = try await EngineWorld()
        try await world.start()
        var charges: [ChargeID] = []
        for number in UInt8(11)...13 {
            let customer = try await world.customer(number, balance: 1000)
            charges.append(try await world.plan(customer, 100, key: "c\(number)"))
        }
        try await world.waitFor(.settled, of: charges)
        try await world.mint(
            world.contract.coin, 70, to: world.charger.address, into: "balance")
        try await world.fail("server_error", method: "executeTransaction")
        var refunds: [ChargeID] = []
        for (number, charge) in charges.enumerated() {
            let new = NewRefund(
                charge: charge, amount: MicroUSDC(30), key: world.idempotencyKey("r\(number)"))
            refunds.append(try await world.charges.plan(new).id)
        }
        let areSigned = try await eventually {
            try await world.count("charges", where: "kind = 'refund' AND state = 'signed'") == 2
        }
        #expect(areSigned)
        #expect(
            try await world.count("charges", where: "kind = 'refund' AND state = 'planned'") == 1)
        try await world.endFaults()
        try await world.mint(world.contract.coin, 20, to: world.charger.address)
        try await world.waitFor(.settled, of: refunds, within: 30_000)
        #expect(try await world.count("charges", where: "attempts > 1") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds out of one coin make coins of it, and then go beside each other")
    func refundsBeside() async throws {
        let world = try await EngineWorld()
        try await world.start()
        var charges: [ChargeID] = []
        for number in UInt8(11)...14 {
            let customer = try await world.customer(number, balance: 1000)
            charges.append(try await world.plan(customer, 100, key: "c\(number)"))
        }
        try await world.waitFor(.settled, of: charges)
        try await world.mint(world.contract.coin, 1000, to: world.charger.address)
        var refunds: [ChargeID] = []
        for (number, charge) in charges.enumerated() {
            let new = NewRefund(
                charge: charge, amount: MicroUSDC(30), key: world.idempotencyKey("r\(number)"))
            refunds.append(try await world.charges.plan(new).id)
            guard number < 2 else { continue }
            try await world.waitFor(.settled, of: refunds)
            if number == 1 { try await world.fail("server_error", method: "executeTransaction") }
        }
        try await world.waitFor(.signed, of: Array(refunds[2...]))
        try await world.endFaults()
        try await world.waitFor(.settled, of: refunds, within: 30_000)
        let coins = try await world.nodes.coins(
            of: world.charger.address, type: world.contract.coin, limit: 100)
        #expect(coins.reduce(0) { $0 + $1.balance } == 1000 - 4 * 30)
        #expect(coins.count > 2 && coins.count <= 8)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("without gas charges wait, with the address and the sum that helps")
    func emptyWallet() async throws {
        let world = try await EngineWorld(mist: 0)
        try await world.start()
        let customer = try await world.customer(11, balance: 1000)
        let id = try await world.plan(customer, 10, key: "a")
        let isSaid = await eventually {
            world.obstacles.contains {
                guard case .walletEmpty(let missing, let charger) = $0 else { return false }
                return missing > 0 && charger == "\(world.charger.address)"
            }
        }
        #expect(isSaid)
        #expect(try await world.state(id) == .planned)
        try await world.mint(KnownCoin.sui.type, 1_000_000_000, to: world.charger.address)
        try await world.waitFor(.settled, of: [id])
        try await world.expectTruth()
        await world.stop()
    }

    @Test("lanes are made of one coin, and dust is swept into them")
    func lanes() async throws {
        let world = try await EngineWorld(mist: 20_000_000_000)
        for _ in 0..<20 {
            try await world.mint(KnownCoin.sui.type, 1_000_000, to: world.charger.address)
        }
        var settings = EngineSettings()
        settings.lanes = 8
        try await world.start(settings)
        let isMade = try await eventually(within: 20_000) {
            let lanes = try await world.count(
                "gas_coins", where: "NOT is_gone AND balance >= 100000000")
            let dust = try await world.count(
                "gas_coins", where: "NOT is_gone AND balance < 100000000")
            return lanes >= 8 && dust == 0
        }
        #expect(isMade)
        let claims = try await eventually {
            try await world.count("gas_claims", where: "released_at IS NULL") == 0
        }
        #expect(claims)
        await world.stop()
    }

    @Test("what a cap keeps back waits and is named, everything else goes on")
    func caps() async throws {
        let world = try await EngineWorld()
        var settings = EngineSettings()
        settings.capSingle = MicroUSDC(50)
        settings.capHour = MicroUSDC(70)
        try await world.start(settings)
        let first = try await world.customer(11, balance: 1000)
        let second = try await world.customer(12, balance: 1000)
        let large = try await world.plan(first, 51, key: "large")
        let small = try await world.plan(second, 50, key: "small")
        try await world.waitFor(.settled, of: [small])
        let next = try await world.plan(second, 30, key: "next")
        let isSaid = await eventually {
            world.obstacles.contains(.heldByCap(single: 1, hour: 1))
        }
        #expect(isSaid, "\(world.obstacles)")
        #expect(try await world.state(large) == .planned)
        #expect(try await world.state(next) == .planned)
        let little = try await world.customer(13, balance: 1000)
        try await world.waitFor(
            .settled, of: [try await world.plan(little, 20, key: "little")])
        try await world.expectTruth()
        await world.stop()
    }

    @Test(
        "what was planned in a database that is older than the chain is cancelled, never charged",
        arguments: [
            "another database", "files from before", "files from before another led",
            "another database, asked to end",
        ])
    func restored(what: String) async throws {
        let (world, customer) = try await EngineWorld.charged()
        await world.stop()
        guard case .armed(let known)? = try world.identityFile.read() else {
            Issue.record("not armed")
            return
        }
        #expect(known.generation == 1 && known.checkpoint > 0)
        let old = try await world.plan(customer, 10, key: "old")
        if what.hasSuffix("asked to end") {
            let cancellations = Cancellations(database: world.database, surroundings: .live)
            #expect(try await cancellations.ask(for: old, by: "test"))
        }
        let isOther = what.hasPrefix("another database")
        let isLater = what == "files from before another led"
        try world.identityFile.write(
            .armed(
                KnownDatabase(
                    identity: isOther ? "another" : known.identity,
                    generation: known.generation + (isLater ? 1 : 0),
                    checkpoint: isOther || isLater ? 0 : known.checkpoint + 1_000_000)))
        try await world.start()
        try await world.waitFor(.abandoned, of: [old])
        #expect(world.sessionsEnded.withLock { $0 } == 1)
        #expect(try await world.count("charges", where: "abandon_reason = 'cancelled'") == 1)
        try await world.waitFor(
            .settled, of: [try await world.plan(customer, 10, key: "new")])
        try await world.expectTruth()
        await world.stop()
    }

    @Test("nothing is signed while a break is open after a restore")
    func orphans() async throws {
        let (world, customer) = try await EngineWorld.charged()
        await world.stop()
        try world.identityFile.write(.fenced(KnownDatabase(identity: "another")))
        try await world.store.run(
            """
            INSERT INTO escrow_breaks (class, account_id, digest, event_seq, raised_at)
            SELECT 'stranger_reference', account_id, '\\x01', 0, now() FROM escrow_accounts
            """)
        let id = try await world.plan(customer, 10, key: "a")
        try await world.start()
        let isSaid = await eventually {
            world.obstacles.contains {
                if case .disarmed(let why) = $0 { why.contains("1 breaks") } else { false }
            }
        }
        #expect(isSaid, "\(world.obstacles)")
        #expect(try await world.state(id) == .planned)
        try await world.store.run("UPDATE escrow_breaks SET resolved_at = now()")
        try await world.waitFor(.abandoned, of: [id])
        await world.stop()
    }

    @Test("a leader whose turn is over signs nothing")
    func deposed() async throws {
        let (world, customer) = try await EngineWorld.charged()
        try await world.store.run("UPDATE leader_generation SET counter = counter + 1")
        let id = try await world.plan(customer, 10, key: "a")
        await world.finish()
        #expect(try await world.state(id) == .planned)
    }

    @Test("a frozen account's charges are not signed, others' are")
    func frozen() async throws {
        let world = try await EngineWorld()
        try await world.start()
        let first = try await world.customer(11, balance: 1000)
        let second = try await world.customer(12, balance: 1000)
        let account = try await world.account(of: first)
        _ = try await world.account(of: second)
        try await world.waitUntilArmed()
        await world.stop()
        let id = try await world.plan(first, 10, key: "a")
        let other = try await world.plan(second, 10, key: "b")
        try await world.store.run(
            """
            UPDATE escrow_accounts SET frozen_for = 'balance', frozen_at = now()
             WHERE account_id = '\\x\(account.id.description.dropFirst(2))'
            """)
        try await world.start()
        try await world.waitFor(.settled, of: [other])
        #expect(try await world.state(id) == .planned)
        await world.stop()
    }

    @Test("one operation that no node takes keeps no other from being charged")
    func unrunnable() async throws {
        let world = try await EngineWorld()
        try await world.start()
        var customers: [CustomerID] = []
        for number in 11...14 {
            customers.append(try await world.customer(UInt8(number), balance: 1000))
        }
        var accounts: [SharedObject] = []
        for customer in customers { accounts.append(try await world.account(of: customer)) }
        let bad = accounts[1]
        try await world.waitUntilArmed()
        await world.stop()
        var ids: [ChargeID] = []
        for customer in customers {
            ids.append(try await world.plan(customer, 10, key: "\(customer)"))
        }
        try await world.store.run(
            """
            UPDATE escrow_accounts SET initial_shared_version = initial_shared_version + 1
             WHERE account_id = '\\x\(bad.id.description.dropFirst(2))'
            """)
        try await world.start()
        try await world.waitFor(.settled, of: [ids[0], ids[2], ids[3]], within: 60_000)
        #expect(try await world.state(ids[1])?.isFinal == false)
        let isSaid = try await eventually {
            try await world.count("charges", where: "last_error IS NOT NULL") == 1
        }
        #expect(isSaid)
        await world.stop()
    }

    @Test("with another charger on chain everything stops, and goes on once it is ours again")
    func rotated() async throws {
        let (world, customer) = try await EngineWorld.charged()
        try await world.setCharger(try EngineWorld.key(99).address)
        let id = try await world.plan(customer, 10, key: "a")
        let isSaid = await eventually(within: 20_000) {
            world.obstacles.contains { if case .failing = $0 { true } else { false } }
        }
        #expect(isSaid)
        try await world.setCharger(world.charger.address)
        try await world.waitFor(.settled, of: [id], within: 60_000)
        #expect(try await world.count("charge_failures") <= 2)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("what can never be signed is said, holds up nobody else, and ends by being cancelled")
    func stuck() async throws {
        let (world, customer) = try await EngineWorld.charged()
        let other = try await world.customer(12, balance: 1000)
        _ = try await world.account(of: other)
        await world.stop()
        let id = try await world.plan(customer, 10, key: "a")
        let next = try await world.plan(customer, 10, key: "b")
        try await world.store.run(
            """
            INSERT INTO charges (charge_id, kind, state, account_id, amount_micro_usdc, reference,
                obligation_mark, duplicate_of, is_adopted, outcome_digest, outcome_event_seq,
                outcome_sequence, outcome_checkpoint, planned_at, ended_at)
            SELECT n.id, kind, 'settled', account_id, amount_micro_usdc,
                uuid_send(n.id) || obligation_mark, obligation_mark, charge_id, true,
                sha256('elsewhere'), 0, 1, 1, now(), now()
              FROM charges, (SELECT '01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68'::uuid AS id) AS n
             WHERE charge_id = '\(id)'
            """)
        try await world.start()
        try await world.waitFor(.settled, of: [try await world.plan(other, 10, key: "c")])
        let isSaid = await eventually(within: 30_000) {
            world.obstacles.contains(.stuck(count: 1, first: id))
        }
        #expect(isSaid, "\(world.obstacles)")
        let isCounted = world.metrics.text().contains("\nsluice_engine_stuck_operations 1\n")
        #expect(isCounted)
        #expect(EngineObstacle.stuck(count: 1, first: id).part == .charges)
        #expect(try await world.state(next) == .planned)
        let cancellations = Cancellations(database: world.database, surroundings: .live)
        #expect(try await cancellations.ask(for: id, by: "test"))
        try await world.waitFor(.abandoned, of: [id])
        try await world.waitFor(.settled, of: [next])
        let isOver = await eventually { world.obstacles.isEmpty }
        #expect(isOver, "\(world.obstacles)")
        await world.stop()
    }

    @Test("one step that cannot be stored is said, and keeps no other from being done")
    func refusedStep() async throws {
        let (world, customer) = try await EngineWorld.charged()
        let other = try await world.customer(12, balance: 1000)
        _ = try await world.account(of: other)
        try await world.fail("server_error", method: "executeTransaction")
        let id = try await world.plan(customer, 10, key: "a")
        try await world.waitFor(.signed, of: [id])
        try await world.store.run(
            """
            ALTER TABLE charge_batches ADD CONSTRAINT no_cancellations CHECK (purpose <> 'cancel')
            """)
        let cancellations = Cancellations(database: world.database, surroundings: .live)
        #expect(try await cancellations.ask(for: id, by: "test"))
        let isSaid = await eventually {
            world.obstacles.contains {
                if case .stepRefused(let why) = $0 {
                    why.contains("no_cancellations")
                } else {
                    false
                }
            }
        }
        #expect(isSaid, "\(world.obstacles)")
        let later = try await world.plan(other, 10, key: "b")
        try await world.waitFor(.signed, of: [later])
        try await world.store.run("ALTER TABLE charge_batches DROP CONSTRAINT no_cancellations")
        try await world.endFaults()
        try await world.waitFor(.settled, of: [later])
        await world.stop()
    }
}
