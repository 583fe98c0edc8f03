import Billing
import Determinism
import Escrow
import Identifiers
import Storage
import Synchronization
import TestSupport
import Testing

/// Each thing that can be wrong between invoices and charges is planted, and found under its class.
@Suite struct InvoiceReconciliationTests {
    /// A customer whose invoice of 5 USDC is paid, and another whose invoice is under way.
    private static func world() async throws -> BillingWorld {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        try await world.settleAll()
        _ = try await world.biller.run()
        let other = try await world.customer(2, balance: 100_000_000)
        try await world.use(60_000, of: other)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 5000000", "charging 6000000"])
        return world
    }

    private static func found(
        _ world: BillingWorld, _ scope: ReconciliationScope = ReconciliationScope()
    ) async throws -> (count: Int, found: [Discrepancy]) {
        let found = Mutex<[Discrepancy]>([])
        let now = world.now
        let count = try await world.database.transaction { transaction throws(StorageError) in
            try await InvoiceReconciliation().compare(scope, at: now, in: transaction) { one in
                found.withLock { $0.append(one) }
            }
        }
        return (count, found.withLock { $0 })
    }

    /// As somebody who may switch triggers off.
    private static func tamper(_ world: BillingWorld, _ statement: String) async throws {
        try await world.store.run(
            """
            ALTER TABLE charges DISABLE TRIGGER USER;
            ALTER TABLE billing_records DISABLE TRIGGER USER;
            \(statement)
            """)
    }

    private static let again = """
        INSERT INTO charges (charge_id, kind, state, account_id, amount_micro_usdc, reference,
            obligation_mark, is_adopted, duplicate_of, outcome_digest, outcome_event_seq,
            outcome_sequence, outcome_checkpoint, planned_at, ended_at)
        SELECT '01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68', 'charge', 'settled', account_id,
            amount_micro_usdc, uuid_send('01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68')
                || obligation_mark, obligation_mark, true, charge_id,
            sha256('again'), 0, 9, 9, planned_at, ended_at
          FROM charges WHERE state = 'settled'
        """

    @Test("what fits is not reported")
    func clean() async throws {
        let world = try await Self.world()
        world.time.advance(milliseconds: 30 * 86_400_000)
        let (count, found) = try await Self.found(world)
        #expect(count == 2)
        #expect(found == [])
    }

    @Test(
        "each break is found, with both figures and a next step",
        arguments: [
            (again, Discrepancy.Kind.invoicePaidTwice, "1 settled charge", "2"),
            (
                "UPDATE charges SET amount_micro_usdc = 4999999 WHERE state = 'settled'",
                .invoiceAmount, "5000000", "4999999"
            ),
            (
                "UPDATE charges SET amount_micro_usdc = 7000000 WHERE state = 'planned'",
                .invoiceAmount, "6000000", "7000000"
            ),
            (
                """
                UPDATE charges SET state = 'declined', decline_reason = 1 WHERE state = 'settled'
                """, .invoiceUnsettled, "settled", "declined"
            ),
            (
                """
                UPDATE billing_records SET state = 'paid', ended_at = now()
                 WHERE state = 'charging'
                """, .invoiceUnsettled, "settled", "planned"
            ),
            (
                """
                UPDATE billing_records SET state = 'paid', ended_at = now(), charge_id = (
                    SELECT charge_id FROM charges WHERE state = 'settled')
                 WHERE state = 'charging'
                """, .invoiceUnsettled, "settled", "a charge for something else"
            ),
            (
                """
                UPDATE billing_records SET state = 'void', charge_id = NULL WHERE state = 'paid'
                """, .invoiceUnpaid, "paid", "void"
            ),
        ])
    func planted(
        statement: String, kind: Discrepancy.Kind, expected: String, found: String
    ) async throws {
        let world = try await Self.world()
        try await Self.tamper(world, statement)
        world.time.advance(milliseconds: 3_600_000)
        let all = try await Self.found(world).found
        let one = try #require(all.first)
        #expect(all.map(\.kind) == [kind])
        #expect(one.expected == expected)
        #expect(one.found == found)
        #expect(one.charge != nil && one.account != nil && one.what.hasPrefix("invoice 0"))
        #expect(!one.nextStep.isEmpty && !one.isDerivable)
    }

    @Test("a charge that has settled has a quarter of an hour to be noted on its invoice")
    func grace() async throws {
        let world = try await Self.world()
        try await world.settleAll()
        world.time.advance(milliseconds: 15 * 60_000)
        #expect(try await Self.found(world).found == [])
        world.time.advance(milliseconds: 1)
        #expect(try await Self.found(world).found.map(\.kind) == [.invoiceUnpaid])
        _ = try await world.biller.run()
        #expect(try await Self.found(world).found == [])
    }

    @Test("what was paid twice is settled by a refund of the whole, and by no less")
    func refunded() async throws {
        let world = try await Self.world()
        try await Self.tamper(world, Self.again)
        for (amount, kinds) in [
            (4_999_999, [Discrepancy.Kind.invoicePaidTwice]), (1, []),
        ] {
            try await world.store.run(
                """
                WITH new AS (SELECT gen_random_uuid() AS id)
                INSERT INTO charges (charge_id, kind, state, account_id, amount_micro_usdc,
                    reference, obligation_mark, refund_of, outcome_digest, outcome_event_seq,
                    outcome_sequence, outcome_checkpoint, is_adopted, planned_at, ended_at)
                SELECT id, 'refund', 'settled', account_id, \(amount),
                    uuid_send(id) || uuid_send(id), uuid_send(id), charge_id,
                    sha256(uuid_send(id)), 0, \(10 + amount % 9), 9, true, planned_at, ended_at
                  FROM charges, new WHERE duplicate_of IS NOT NULL
                """)
            #expect(try await Self.found(world).found.map(\.kind) == kinds)
        }
    }

    @Test("a scope leaves out what it does not name")
    func scope() async throws {
        let world = try await Self.world()
        try await Self.tamper(world, Self.again)
        let other = ReconciliationScope(customer: CustomerID(2))
        #expect(try await Self.found(world, other) == (1, []))
        let mine = try await Self.found(world, ReconciliationScope(customer: CustomerID(1)))
        #expect(mine.count == 1 && mine.found.map(\.kind) == [.invoicePaidTwice])
        world.time.advance(milliseconds: 1)
        #expect(try await Self.found(world, ReconciliationScope(since: world.now)) == (0, []))
        let early = world.now.adding(milliseconds: -1)
        #expect(try await Self.found(world, ReconciliationScope(since: early)).count == 2)
    }
}
