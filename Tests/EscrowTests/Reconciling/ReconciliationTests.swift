import Determinism
import Identifiers
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct ReconciliationTests {
    @Test("a whole history reconciles, and says what it looked at")
    func clean() async throws {
        let world = try await ReconciledWorld()
        let (summary, found) = try await world.run()
        #expect(found == [])
        #expect(summary.isClean)
        #expect(summary.events == 10)
        #expect(summary.accounts == 2)
        #expect(summary.objects == 2)
        #expect(summary.holds == 4)
        #expect(summary.outcomes == 2)
        #expect(summary.chain == 0...6)
        #expect(summary.moving == 0)
        #expect(try await world.chain.base.database.reconciledMark() == 6)
        let again = try await world.run()
        #expect(again.summary.isClean)
        #expect(again.summary.chain == nil)
        #expect(try await world.run(fromStart: true).summary.chain == 0...6)
    }

    @Test(
        "each thing that was changed in the database is found, under its class",
        arguments: [
            (
                "ledger_entries", "DELETE FROM ledger_entries WHERE purpose = 'charge'",
                Discrepancy.Kind.missingInLedger, "entry charge"
            ),
            (
                "ledger_entries",
                "UPDATE ledger_entries SET amount_micro_usdc = 99 WHERE purpose = 'withdrawal'",
                .amount, "entry withdrawal"
            ),
            (
                "ledger_entries",
                """
                UPDATE ledger_entries SET credit_account = replace(credit_account, '01', '02')
                 WHERE purpose = 'deposit' AND credit_account LIKE '%01'
                """, .account, "entry deposit"
            ),
            (
                "escrow_transactions", "DELETE FROM escrow_transactions WHERE kind = 'withdrawn'",
                .missingOnChain, "entry withdrawal"
            ),
            (
                "escrow_transactions", "DELETE FROM escrow_transactions WHERE kind = 'charged'",
                .missingInLedger, "Charged"
            ),
            (
                "escrow_transactions",
                "UPDATE escrow_transactions SET amount_micro_usdc = 11 WHERE kind = 'charged'",
                .amount, "stored amount"
            ),
            (
                "escrow_accounts", "UPDATE escrow_accounts SET balance_micro_usdc = 1000",
                .amount, "mirrored balance"
            ),
            (
                "escrow_accounts", "UPDATE escrow_accounts SET sequence = 7", .state,
                "mirrored sequence"
            ),
            (
                "escrow_accounts", "UPDATE escrow_accounts SET held_micro_usdc = 0", .amount,
                "mirrored held"
            ),
            (
                "charges", "UPDATE charges SET outcome_sequence = 9 WHERE state = 'settled'",
                .state, "sequence and reference"
            ),
            (
                "charges",
                "UPDATE charges SET state = 'declined', decline_reason = 2 WHERE state = 'settled'",
                .state, "charge"
            ),
            (
                "charges", "UPDATE charges SET amount_micro_usdc = 6 WHERE state = 'planned'",
                .amount, "hold"
            ),
            (
                "charges",
                """
                UPDATE charges SET state = 'abandoned', abandon_reason = 'withdrawn',
                    ended_at = now() WHERE state = 'planned'
                """, .state, "end of hold"
            ),
            (
                "charges",
                """
                UPDATE charges SET state = 'planned', outcome_digest = NULL,
                    outcome_event_seq = NULL, outcome_sequence = NULL, outcome_checkpoint = NULL,
                    ended_at = NULL WHERE state = 'settled'
                """, .orphanEvent, "Charged"
            ),
        ])
    func tampered(
        table: String, statement: String, kind: Discrepancy.Kind, what: String
    ) async throws {
        let world = try await ReconciledWorld()
        try await world.tamper(table, statement)
        let (summary, found) = try await world.run()
        #expect(!summary.isClean)
        #expect(found.contains { $0.kind == kind && $0.what == what }, "\(found)")
        #expect(found.allSatisfy { !$0.nextStep.isEmpty })
        let isLost = Discrepancy.Kind.decisive.contains(kind)
        #expect(try await world.chain.base.database.reconciledMark() == (isLost ? nil : 6))
    }

    @Test("an event that the follower was never told of is found on chain")
    func missed() async throws {
        let world = try await ReconciledWorld()
        try missed(in: 2, of: world)
        let (_, found) = try await world.run()
        #expect(found.map(\.kind) == [.missingInLedger])
        #expect(found.first?.account == (try Sample.account(2)))
        #expect(found.first?.expected == "7")
        #expect(found.first?.isDerivable == true)
    }

    @Test("what is missing before the oldest stored event is found, from where following began")
    func missedBeforeAll() async throws {
        let world = try await ReconciledWorld()
        #expect(try await world.run().summary.isClean)
        try await world.tamper(
            "escrow_transactions", "DELETE FROM escrow_transactions WHERE checkpoint = 1")
        let (summary, found) = try await world.run(fromStart: true)
        #expect(summary.chain == 0...6)
        #expect(
            found.filter { $0.kind == .missingInLedger }.map(\.what)
                == ["AccountOpened", "Deposited"])
        // A database from before that was kept knows only what it has.
        try await world.chain.base.store.run(
            "DELETE FROM processing_state WHERE name = 'follower_start'")
        #expect(try await world.run(fromStart: true).summary.chain == 2...6)
    }

    @Test("where following began is kept from its first beginning on, and not moved by others")
    func beginning() async throws {
        let world = try await FollowerWorld()
        for _ in 1...5 { world.add([]) }
        try await world.follower(first: 2).catchUp(as: world.base.leader)
        #expect(try await world.base.database.firstFollowedCheckpoint() == 2)
        try await world.base.bookkeeper.begin(after: 4, epoch: 1, as: world.base.leader)
        #expect(try await world.base.database.firstFollowedCheckpoint() == 2)
        #expect(try await world.base.bookkeeper.mark() == 5)
    }

    @Test("an event that no node has is found")
    func invented() async throws {
        let world = try await ReconciledWorld()
        world.chain.node.write { $0.checkpoints[2].events.removeLast() }
        let (_, found) = try await world.run()
        #expect(found.map(\.kind) == [.missingOnChain])
        #expect(found.first?.what == "Deposited")
    }

    @Test("an object on chain that differs while nothing moves is found; a moving one is not")
    func objects() async throws {
        let world = try await ReconciledWorld()
        let row = try #require(
            try await world.chain.base.database.account(Sample.account(2)))
        try world.tell(row.mirror, balance: 101)
        let (summary, found) = try await world.run()
        #expect(found.map(\.what) == ["balance on chain"])
        #expect(found.first?.expected == "101")
        #expect(summary.moving == 0)
        // The follower has not caught up: nothing can be said.
        world.chain.add([])
        let behind = try await world.run()
        #expect(behind.summary.isClean)
        #expect(behind.summary.moving == 1)
    }

    @Test(
        "a period that the chain moved on by whole ones is no difference; any other one is",
        arguments: [
            (0, 15, nil), (AccountMirror.periodMilliseconds, 0, nil),
            (3 * AccountMirror.periodMilliseconds, 0, nil),
            (0, 16, "charged in the period on chain"), (0, 0, "charged in the period on chain"),
            (AccountMirror.periodMilliseconds, 15, "charged in the period on chain"),
            (1, 0, "period start on chain"),
            (AccountMirror.periodMilliseconds - 1, 0, "period start on chain"),
            (-AccountMirror.periodMilliseconds, 15, "period start on chain"),
        ] as [(Int64, Int64, String?)])
    func periods(moved: Int64, charged: Int64, what: String?) async throws {
        let world = try await ReconciledWorld()
        let base = world.chain.base
        let reference = try await base.reference(world.live)
        world.chain.add([try EscrowWorld.charged(1, 3, 5, reference, after: 5, period: 15)])
        try await world.follower.catchUp(as: base.leader)
        let row = try #require(try await base.database.account(Sample.account(1)))
        try world.tell(row.mirror, periodMoved: moved, periodCharged: charged)
        #expect(try await world.run().found.map(\.what) == (what.map { [$0] } ?? []))
    }

    @Test("an account that the chain does not have, or has as another's, is found")
    func foreignObject() async throws {
        let world = try await ReconciledWorld()
        let id = try Sample.address(2)
        world.chain.node.write { $0.objects[id] = nil }
        #expect(try await world.run().found.map(\.kind) == [.account])
        world.chain.node.write {
            guard let known = $0.objects.values.first else { return }
            $0.objects[id] = known
        }
        let found = try await world.run().found
        #expect(found.contains { $0.kind == .account && $0.what == "id" })
    }

    @Test("a scope looks at its part alone")
    func scopes() async throws {
        let world = try await ReconciledWorld()
        try await world.tamper(
            "escrow_accounts",
            "UPDATE escrow_accounts SET balance_micro_usdc = 1000 WHERE account_id = '\\x"
                + "\(try Sample.account(2).description.dropFirst(2))'")
        let one = try await world.run(ReconciliationScope(customer: CustomerID(1)))
        #expect(one.summary.isClean)
        #expect(one.summary.accounts == 1)
        #expect(one.summary.events == 5)
        let two = try await world.run(ReconciliationScope(customer: CustomerID(2)))
        #expect(two.found.contains { $0.what == "mirrored balance" })
        await #expect(throws: ReconciliationError.customerUnknown) {
            try await world.run(ReconciliationScope(customer: CustomerID(9)))
        }
        let late = try await world.run(
            ReconciliationScope(since: ScriptedNode.time(of: 5)))
        #expect(late.summary.isClean)
        #expect(late.summary.events == 3)
        #expect(late.summary.chain == 5...6)
        await #expect(throws: ReconciliationError.digestUnknown) {
            try await world.run(ReconciliationScope(digest: Sample.digest(31_337)))
        }
        let digest = try Sample.digest(100_002)
        let single = try await world.run(ReconciliationScope(digest: digest), node: false)
        #expect(single.summary.events == 2)
        #expect(single.found.contains { $0.what == "mirrored balance" })
    }

    @Test("without a node what is stored is compared, and a note says that the chain was not")
    func withoutNode() async throws {
        let world = try await ReconciledWorld()
        let (summary, found) = try await world.run(node: false)
        #expect(found == [])
        #expect(summary.chain == nil)
        #expect(summary.notes.count == 1)
        #expect(try await world.chain.base.database.reconciledMark() == nil)
    }

    @Test("history that the node no longer has is said to be compared by its stored bytes")
    func prunedHistory() async throws {
        let world = try await ReconciledWorld()
        world.chain.node.write { $0.firstAvailable = 4 }
        let (summary, found) = try await world.run()
        #expect(found == [])
        #expect(summary.chain == 4...6)
        #expect(summary.notes.first?.contains("checkpoint 4") == true)
    }

    @Test("what an index had not passed is read the next time, and not taken for compared")
    func laggingIndex() async throws {
        let world = try await ReconciledWorld()
        let node = world.chain.node
        // The follower was told of nothing in checkpoint 6, which this node's index has not passed.
        node.write { $0.indexLag = 2 }
        try missed(in: 6, of: world)
        let first = try await world.run()
        #expect(first.summary.isClean)
        #expect(first.summary.chain == 0...4)
        #expect(first.summary.notes.first?.contains("checkpoint 4") == true)
        #expect(try await world.chain.base.database.reconciledMark() == 4)
        node.write { $0.indexLag = 0 }
        let second = try await world.run()
        #expect(second.summary.chain == 5...6)
        #expect(second.found.map(\.kind) == [.missingInLedger])
        #expect(try await world.chain.base.database.reconciledMark() == 4)
    }

    /// An event on chain that the follower, which is past that checkpoint, was not told of.
    private func missed(in checkpoint: Int, of world: ReconciledWorld) throws {
        let event = NodeEvent(
            transaction: try Sample.digest(555), sequence: 0, checkpoint: Int64(checkpoint),
            at: ScriptedNode.time(of: Int64(checkpoint)),
            type: world.chain.contract.type(of: .deposited),
            bcs: try EscrowWorld.deposited(2, 7, 107).bcs, lamportVersion: 5)
        world.chain.node.write { $0.checkpoints[checkpoint].events.append(event) }
    }

    @Test("an open break is told until a human has looked at it")
    func openBreak() async throws {
        let world = try await ReconciledWorld()
        world.chain.add([
            try EscrowWorld.charged(2, 1, 40, [UInt8](repeating: 9, count: 32), after: 60)
        ])
        try await world.follower.catchUp(as: world.chain.base.leader)
        try await world.tellObjects()
        let (_, found) = try await world.run()
        #expect(found.map(\.kind) == [.orphanEvent])
        #expect(try await world.chain.base.acceptBreaks() == 1)
        #expect(try await world.run().summary.isClean)
    }

    @Test("before anything was followed there is nothing to say")
    func notFollowing() async throws {
        let chain = try await FollowerWorld()
        let reconciliation = Reconciliation(
            database: chain.base.database, node: nil, contracts: [chain.contract],
            operators: chain.base.operators,
            surroundings: chain.base.time.surroundings)
        await #expect(throws: ReconciliationError.notFollowing) {
            try await reconciliation.run(found: { _ in })
        }
    }
}
