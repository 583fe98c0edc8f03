import ByteCodecs
import Determinism
import Identifiers
import Observability
import SuiNodeClient
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

@Suite struct EngineRefusalTests {
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
        try await world.waitFor(.settled, of: [ids[0], ids[2], ids[3]])
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
        let isSaid = await eventually {
            world.obstacles.contains { if case .failing = $0 { true } else { false } }
        }
        #expect(isSaid)
        try await world.setCharger(world.charger.address)
        try await world.waitFor(.settled, of: [id])
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
        let isSaid = await eventually {
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
