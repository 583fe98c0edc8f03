import Identifiers
import Storage
import SuiProtocol

extension Transaction {
    func story(of id: ChargeID) async throws(StorageError) -> ChargeStoryRow? {
        try await first(
            """
            SELECT \(sql: ChargeRow.columns), c.customer_id, c.service, c.invoice_id,
                c.description, c.refund_of, c.duplicate_of, c.is_adopted, c.last_error,
                c.planned_at, c.signed_at, c.ended_at, c.sequence, a.frozen_for
              FROM charges AS c JOIN escrow_accounts AS a USING (account_id)
             WHERE c.charge_id = \(id.sqlValue)
            """)
    }

    func intents(of id: ChargeID) async throws(StorageError) -> [ChargeStory.Intent] {
        let rows: [IntentRow] = try await rows(
            """
            SELECT caller, route, key, created_at FROM idempotency_keys
             WHERE created_id = \(id.sqlValue) ORDER BY created_at LIMIT 10
            """)
        return rows.map(\.intent)
    }

    func attempts(of id: ChargeID) async throws(StorageError) -> [ChargeStory.Attempt] {
        let rows: [AttemptRow] = try await rows(
            """
            SELECT b.digest, b.purpose, t.place,
                (SELECT count(*) FROM charge_attempts AS o WHERE o.digest = b.digest),
                b.bytes, b.signature, b.gas_object, b.gas_version, b.gas_digest, b.last_epoch,
                b.generation, b.signed_at, NOT EXISTS (
                    SELECT FROM gas_claims AS g
                     WHERE g.lineage = b.lineage AND g.released_at IS NULL),
                f.message, f.abort_code, f.command
              FROM charge_attempts AS t JOIN charge_batches AS b USING (digest)
              LEFT JOIN charge_failures AS f USING (digest)
             WHERE t.charge_id = \(id.sqlValue) ORDER BY b.signed_at, b.digest LIMIT 1000
            """)
        return rows.map(\.attempt)
    }

    func events(of record: ChargeRecord) async throws(StorageError) -> [ChargeStory.Event] {
        let rows: [StoryEventRow] = try await rows(
            """
            SELECT e.digest, e.event_seq, e.name, e.checkpoint, e.at, e.sequence,
                e.amount_micro_usdc, e.balance_micro_usdc, c.charge_id IS NOT NULL
              FROM escrow_transactions AS e
              LEFT JOIN charges AS c ON c.charge_id = \(record.id.sqlValue)
                AND c.outcome_digest = e.digest AND c.outcome_event_seq = e.event_seq
             WHERE e.account_id = \(record.account.bytes)
               AND (e.reference = \(record.reference.bytes) OR c.charge_id IS NOT NULL)
             ORDER BY e.checkpoint, e.position LIMIT 1000
            """)
        return rows.map(\.event)
    }

    func postings(of id: ChargeID) async throws(StorageError) -> [ChargeStory.Posting] {
        let rows: [PostingRow] = try await rows(
            """
            SELECT purpose, at, debit_account, credit_account, amount_micro_usdc, digest, event_seq
              FROM ledger_entries WHERE charge_id = \(id.sqlValue) AND account_id = (
                SELECT account_id FROM charges WHERE charge_id = \(id.sqlValue))
             ORDER BY entry_id LIMIT 1000
            """)
        return rows.map(\.posting)
    }

    func breaks(of record: ChargeRecord) async throws(StorageError) -> [Break] {
        let rows: [OpenBreak] = try await rows(
            """
            SELECT \(sql: OpenBreak.columns) FROM escrow_breaks AS b
             WHERE b.account_id = \(record.account.bytes) AND b.resolved_at IS NULL
             ORDER BY b.break_id LIMIT 100
            """)
        return rows.compactMap { row in
            row.what.map { Break($0, event: row.event, account: row.account) }
        }
    }

    func refunds(of id: ChargeID) async throws(StorageError) -> [ChargeRecord] {
        let rows: [ChargeRow] = try await rows(
            """
            SELECT \(sql: ChargeRow.columns) FROM charges AS c
             WHERE c.refund_of = \(id.sqlValue) ORDER BY c.charge_id LIMIT 1000
            """)
        return rows.map(\.record)
    }
}
