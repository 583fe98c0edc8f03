import Billing
import Determinism
import Escrow
import Identifiers
import Services
import Storage
import TestSupport

extension BillingWorld {
    /// A configuration that is to hold from the next month on.
    func schedule(_ wanted: ServiceConfiguration, for customer: CustomerID) async throws {
        let book = try await books.current()
        let now = now
        let row = try await database.instance(customer, .seal)
        guard let book, let row else { throw TestFailure("nothing to change") }
        let change = try Subscription(row).configuring(wanted, at: now, by: book)
        let isStored = try await database.transaction { transaction throws(StorageError) in
            try await transaction.store(row.after(change.subscription), at: now)
        }
        guard isStored, case .scheduled = change.effect else { throw TestFailure("not stored") }
    }

    /// Books an event of each account that the rest of the statement reads.
    static func event(_ kind: String, digest: String, at now: Timestamp) -> String {
        """
        INSERT INTO escrow_transactions (digest, event_seq, checkpoint, at, account_id, name, kind,
            standing, bcs)
        SELECT \(digest), 0, 1, '\(now.rfc3339)', account_id, 'Event', '\(kind)', 'booked', ''
        """
    }

    func deposit(_ amount: Int64, to customer: CustomerID) async throws {
        let account = "escrow_accounts WHERE account_id = \(Self.bytes(customer.number))"
        let digest = "sha256(uuid_send(gen_random_uuid()))"
        try await store.run(
            """
            \(Self.event("deposited", digest: digest, at: now)) FROM \(account);
            UPDATE escrow_accounts SET balance_micro_usdc = balance_micro_usdc + \(amount)
             WHERE account_id = \(Self.bytes(customer.number))
            """)
    }

    func grant(_ amount: Int64, to customer: CustomerID) async throws {
        let id = SQLUUID(bytes: CreditID(from: time.surroundings).uuid.bytes)
        let now = now
        let isDone = try await database.transaction { transaction throws(StorageError) in
            try await transaction.grantCredit(
                id, of: MicroUSDC(amount), to: customer, because: "r", by: "op", at: now)
        }
        guard isDone else { throw TestFailure("nobody to grant to") }
    }

    /// A charge that the chain knows and this database had lost: booked under the mark of the only
    /// invoice.
    func adopt(amount: Int64) async throws {
        try await store.run(
            """
            WITH made AS (
                SELECT gen_random_uuid() AS id, obligation_mark AS mark FROM billing_records
            )
            INSERT INTO charges (charge_id, kind, state, account_id, amount_micro_usdc, reference,
                obligation_mark, is_adopted, outcome_digest, outcome_event_seq, outcome_sequence,
                outcome_checkpoint, planned_at, ended_at)
            SELECT id, 'charge', 'settled', (SELECT account_id FROM escrow_accounts), \(amount),
                uuid_send(id) || mark, mark, true, sha256(uuid_send(id)), 0, 1, 1, now(), now()
              FROM made
            """)
    }
}
