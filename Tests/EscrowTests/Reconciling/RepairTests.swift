import ByteCodecs
import Determinism
import Identifiers
import Observability
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct RepairTests {
    @Test(
        "what is derived is built anew, and then everything reconciles",
        arguments: [
            (
                "escrow_accounts",
                """
                UPDATE escrow_accounts SET balance_micro_usdc = 1000, sequence = 9,
                    held_micro_usdc = 3, spending_limit_micro_usdc = 1,
                    period_charged_micro_usdc = 77
                """
            ),
            ("ledger_entries", "DELETE FROM ledger_entries WHERE purpose = 'charge'"),
            (
                "ledger_entries",
                "DELETE FROM ledger_entries WHERE purpose IN ('withdrawal', 'deposit')"
            ),
        ])
    func derived(table: String, statement: String) async throws {
        let world = try await ReconciledWorld()
        try await world.tamper(table, statement)
        let before = try await world.run()
        #expect(before.found.contains { $0.isDerivable })
        let deeds = try await repair(world, before)
        #expect(!deeds.isEmpty)
        let after = try await world.run()
        #expect(after.found == [])
        #expect(
            try await world.chain.base.count(
                "audit_log", where: "action = 'escrow_repaired' AND outcome = 'success'")
                == deeds.count)
        try await world.chain.base.expectBalanced()
        #expect(try await repair(world, after) == [])
    }

    @Test("an event that was missed is booked where the chain has it, with all that it means")
    func missedDeposit() async throws {
        let world = try await ReconciledWorld()
        try add(EscrowWorld.deposited(2, 7, 107), digest: 555, at: 6, to: world)
        let row = try #require(try await world.chain.base.database.account(Sample.account(2)))
        try world.tell(row.mirror, balance: 107)
        let before = try await world.run()
        #expect(before.found.contains { $0.kind == .missingInLedger })
        let deeds = try await repair(world, before)
        #expect(deeds.map(\.kind) == [.eventBooked, .mirrorRebuilt])
        #expect(try await world.run().found == [])
        #expect(try await world.chain.balance(2) == 107)
        try await world.chain.base.expectBalanced()
    }

    @Test("a missed deposit that a later event already showed is not counted twice")
    func missedBeforeAdjustment() async throws {
        let world = try await ReconciledWorld()
        try add(EscrowWorld.deposited(2, 7, 107), digest: 555, at: 6, to: world)
        // The follower only saw what came after: a break, and an adjustment of 7.
        world.chain.add([try EscrowWorld.deposited(2, 1, 108)])
        try await world.follower.catchUp(as: world.chain.base.leader)
        try await world.tellObjects()
        #expect(try await world.chain.balance(2) == 108)
        let deeds = try await repair(world, try await world.run())
        #expect(deeds.map(\.kind) == [.eventBooked, .ledgerAdjusted])
        #expect(try await world.chain.balance(2) == 108)
        #expect(try await world.chain.base.database.ledgerBalance(.adjustments) == 0)
        // The break stays for a human.
        #expect(try await world.run().found.map(\.what) == ["open break balance"])
        try await world.chain.base.expectBalanced()
    }

    @Test("a missed outcome ends its charge, and its hold goes where the event says")
    func missedCharge() async throws {
        let world = try await ReconciledWorld()
        let base = world.chain.base
        let customer = try #require(CustomerID(2))
        let id = try await base.charges.plan(base.newCharge(customer, 30, key: "z")).id
        let event = try EscrowWorld.charged(
            2, 1, 30, try await base.reference(id), after: 70)
        try add(event, digest: 556, at: 6, to: world)
        let deeds = try await repair(world, try await world.run())
        #expect(deeds.map(\.kind) == [.eventBooked, .mirrorRebuilt])
        #expect(try await base.state(id) == .settled)
        try await world.tellObjects()
        #expect(try await world.run().found == [])
        try await base.expectBalanced()
    }

    @Test("what is planned now keeps its hold when an old event's missing entry is written")
    func oldBreakNewCharge() async throws {
        let world = try await ReconciledWorld()
        let base = world.chain.base
        // A break: 100 and 3 are 103, the event says 140. A human has looked at it since.
        world.chain.add([try EscrowWorld.deposited(2, 3, 140)], digest: 700)
        try await world.follower.catchUp(as: base.leader)
        #expect(try await base.acceptBreaks() == 1)
        let customer = try #require(CustomerID(2))
        let id = try await base.charges.plan(base.newCharge(customer, 30, key: "after")).id
        try await world.tellObjects()
        try await world.tamper(
            "ledger_entries",
            """
            DELETE FROM ledger_entries WHERE purpose = 'deposit'
               AND digest = '\\x\(hex(try Sample.digest(700)))'
            """)
        let before = try await world.run()
        #expect(before.found.contains { $0.kind == .missingInLedger })
        let deeds = try await repair(world, before)
        #expect(deeds.map(\.kind) == [.entriesAdded])
        #expect(try await world.run().found == [])
        #expect(try await base.state(id) == .planned)
        #expect(
            try await base.count("escrow_accounts", where: "held_micro_usdc = 30") == 1)
        try await base.expectBalanced()

        // The charge settles, and the follower goes on for everybody.
        world.chain.add([
            try EscrowWorld.charged(
                2, 1, 30, try await base.reference(id), after: 110)
        ])
        world.chain.add([try EscrowWorld.deposited(1, 1, 11)])
        try await world.follower.catchUp(as: try await lead(base))
        #expect(try await base.state(id) == .settled)
        #expect(try await world.chain.balance(1) == 6)
        try await base.expectBalanced()
    }

    /// A repair leads while it runs.
    private func lead(_ base: EscrowWorld) async throws -> Generation {
        try #require(try await Leadership(direct: base.direct).take(as: "again"))
    }

    private func hex(_ digest: TransactionDigest) -> String {
        Hex.encode(digest.bytes)
    }

    @Test("strangers' events that were missed are stored raw and move nothing")
    func missedStranger() async throws {
        let world = try await ReconciledWorld()
        try add(EscrowWorld.deposited(3, 7, 8), digest: 557, at: 6, to: world)
        let deeds = try await repair(world, try await world.run())
        #expect(deeds.map(\.detail) == ["Deposited, stored raw"])
        #expect(try await world.run().found == [])
        #expect(
            try await world.chain.base.count(
                "escrow_transactions", where: "standing = 'foreign'") == 3)
    }

    @Test(
        "what no event explains is left as it is",
        arguments: [
            (
                "ledger_entries",
                "UPDATE ledger_entries SET amount_micro_usdc = 99 WHERE purpose = 'withdrawal'"
            ),
            ("charges", "UPDATE charges SET outcome_sequence = 9 WHERE state = 'settled'"),
            ("escrow_transactions", "DELETE FROM escrow_transactions WHERE kind = 'opened'"),
        ])
    func notDerivable(table: String, statement: String) async throws {
        let world = try await ReconciledWorld()
        try await world.tamper(table, statement)
        let before = try await world.run(node: false)
        #expect(!before.summary.isClean)
        _ = try await repair(world, before, everything: true)
        let after = try await world.run(node: false)
        #expect(after.found.filter { !$0.isDerivable } == before.found.filter { !$0.isDerivable })
    }

    @Test("nothing is repaired while a manager leads")
    func refused() async throws {
        let world = try await ReconciledWorld()
        try await world.tamper("escrow_accounts", "UPDATE escrow_accounts SET sequence = 9")
        let before = try await world.run()
        await #expect(throws: ReconciliationError.anotherLeads) {
            try await repair(world, before, resigned: false)
        }
        #expect(try await world.chain.base.count("escrow_accounts", where: "sequence = 9") == 2)
        #expect(try await world.chain.base.count("audit_log") == 0)
    }

    // MARK: - Help

    /// Adds an event that the follower, which is past that checkpoint, will not see.
    private func add(
        _ event: EscrowEvent, digest: Int, at checkpoint: Int64, to world: ReconciledWorld
    ) throws {
        let told = NodeEvent(
            transaction: try Sample.digest(digest), sequence: 0, checkpoint: checkpoint,
            at: ScriptedNode.time(of: checkpoint), type: world.chain.contract.type(of: event.name),
            bcs: event.bcs, lamportVersion: 5)
        world.chain.node.write { $0.checkpoints[Int(checkpoint)].events.append(told) }
    }

    private func repair(
        _ world: ReconciledWorld, _ run: (summary: ReconciliationSummary, found: [Discrepancy]),
        everything: Bool = false, resigned: Bool = true
    ) async throws -> [RepairDeed] {
        let base = world.chain.base
        let direct = try Database(
            DatabaseConfiguration(
                url: base.store.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        if resigned {
            try await base.direct.releaseLeaderLock()
        } else {
            // The leader has just said that it is alive.
            #expect(try await Leadership(direct: base.direct).renew(base.leader))
        }
        let repair = Repair(
            database: base.database, direct: direct, node: world.chain.node,
            contracts: [world.chain.contract], operators: base.operators,
            surroundings: base.time.surroundings)
        let derivable = run.found.filter { everything || $0.isDerivable }
        let deeds = Deeds()
        try await repair.run(
            accounts: Set(derivable.compactMap(\.account)), chain: run.summary.chain,
            did: { deeds.add($0) })
        return deeds.all
    }
}
