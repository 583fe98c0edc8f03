import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol

struct ChargeIDRow: SQLRow {
    var id: ChargeID

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.nextChargeID()
    }
}

/// A charge to be refunded, and what has been given back of it or will be.
struct RefundableRow: SQLRow {
    var record: ChargeRecord
    var customer: Int64?
    var refunded: MicroUSDC

    init(from columns: inout SQLColumns) throws(StorageError) {
        record = try ChargeRow(from: &columns).record
        customer = try columns.next()
        refunded = try columns.nextAmount()
    }
}

extension StatementRunner {
    func charge(_ id: ChargeID) async throws(StorageError) -> ChargeRecord? {
        let row: ChargeRow? = try await first(
            "SELECT \(sql: ChargeRow.columns) FROM charges AS c WHERE c.charge_id = \(id.sqlValue)")
        return row?.record
    }

    func customerExists(_ id: CustomerID) async throws(StorageError) -> Bool {
        try await value(
            "SELECT EXISTS (SELECT FROM customers WHERE customer_id = \(id.number))") ?? false
    }
}

extension Transaction {
    /// A charge that stands for the obligation or the invoice.
    func liveCharge(
        mark: [UInt8], invoice: String?
    ) async throws(StorageError) -> ChargeID? {
        let row: ChargeIDRow? = try await first(
            """
            SELECT charge_id FROM charges
             WHERE obligation_mark = \(mark) AND kind = 'charge' AND duplicate_of IS NULL
               AND state NOT IN ('declined', 'abandoned')
            UNION ALL
            SELECT charge_id FROM charges
             WHERE invoice_id = \(invoice) AND kind = 'charge' AND duplicate_of IS NULL
               AND state NOT IN ('declined', 'abandoned')
             LIMIT 1
            """)
        return row?.id
    }

    /// Sets the amount aside and writes the charge and the entry, or nothing when too little is
    /// free: in one statement, so two workers cannot promise the same balance.
    func insertCharge(
        _ record: ChargeRecord, for new: NewCharge, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        let account = record.account
        return try await execute(
            """
            WITH held AS (
                UPDATE escrow_accounts
                   SET held_micro_usdc = held_micro_usdc + \(record.amount.units)
                 WHERE account_id = \(account.bytes) AND frozen_at IS NULL
                   AND balance_micro_usdc - held_micro_usdc >= \(record.amount.units)
                RETURNING account_id
            ), planned AS (
                INSERT INTO charges (charge_id, kind, customer_id, account_id, amount_micro_usdc,
                    reference, obligation_mark, service, invoice_id, description, planned_at)
                SELECT \(record.id.sqlValue), 'charge', \(new.customer.number), account_id,
                    \(record.amount.units), \(record.reference.bytes), \(record.reference.mark),
                    \(new.key.caller), \(new.invoice), \(new.description), \(now)
                  FROM held
                RETURNING account_id, charge_id
            )
            INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account,
                credit_account, amount_micro_usdc)
            SELECT \(now), 'hold', account_id, charge_id,
                \(LedgerAccount.escrow(account).description),
                \(LedgerAccount.held(account).description), \(record.amount.units)
              FROM planned
            """) == 1
    }

    /// Locks the account first, as all do who change what stands on it.
    func refundable(_ id: ChargeID) async throws(StorageError) -> RefundableRow? {
        try await execute(
            """
            SELECT 1 FROM escrow_accounts AS a JOIN charges AS c USING (account_id)
             WHERE c.charge_id = \(id.sqlValue) FOR UPDATE OF a
            """)
        return try await first(
            """
            SELECT \(sql: ChargeRow.columns), c.customer_id,
                least(9223372036854775807, \(sql: Self.givenBack(of: "c.charge_id")))::bigint
              FROM charges AS c WHERE c.charge_id = \(id.sqlValue) AND c.kind = 'charge'
            """)
    }

    /// A refund that was asked for by the same service under the same key, and has run.
    func settledRefund(mark: [UInt8]) async throws(StorageError) -> ChargeDetails? {
        let row: ChargeIDRow? = try await first(
            """
            SELECT charge_id FROM charges
             WHERE obligation_mark = \(mark) AND kind = 'refund' AND state = 'settled'
             ORDER BY charge_id LIMIT 1
            """)
        guard let row else { return nil }
        return try await chargeDetails(row.id, .refund)
    }

    /// The refund that is asked for has run already. Where nobody knew what it gave back of, who
    /// asks says so.
    func recognise(
        _ settled: ChargeDetails, as new: NewRefund, in found: RefundableRow
    ) async throws(StorageError) -> Result<Planned, ChargeError> {
        guard settled.account == found.record.account, settled.amount == new.amount,
            settled.amount <= found.record.amount, settled.refundOf ?? new.charge == new.charge
        else { return .failure(.keyReused) }
        try await execute(
            """
            UPDATE charges SET refund_of = \(new.charge.sqlValue), service = \(new.key.caller),
                description = coalesce(description, \(new.reason))
             WHERE charge_id = \(settled.id.sqlValue) AND refund_of IS NULL
            """)
        guard let details = try await chargeDetails(settled.id, .refund) else {
            return .failure(.chargeUnknown)
        }
        return .success(Planned(details))
    }

    /// Of a charge on the account of `c`, by all refunds that have run or may. One that the database
    /// had lost, and of which nobody has said what it gives back of, may be of any charge of its
    /// account, so it counts for each.
    static func givenBack(of charge: SQL) -> SQL {
        """
        ((SELECT coalesce(sum(r.amount_micro_usdc), 0) FROM charges AS r
           WHERE r.refund_of = \(sql: charge) AND r.state NOT IN ('declined', 'abandoned'))
         + (SELECT coalesce(sum(r.amount_micro_usdc), 0) FROM charges AS r
             WHERE r.account_id = c.account_id AND r.sequence IS NULL AND r.is_adopted
               AND r.kind = 'refund' AND r.refund_of IS NULL))
        """
    }

    func insertRefund(
        _ record: ChargeRecord, for new: NewRefund, customer: Int64?, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO charges (charge_id, kind, customer_id, account_id, amount_micro_usdc,
                reference, obligation_mark, service, refund_of, description, planned_at)
            VALUES (\(record.id.sqlValue), 'refund', \(customer), \(record.account.bytes),
                \(record.amount.units), \(record.reference.bytes), \(record.reference.mark),
                \(new.key.caller), \(new.charge.sqlValue), \(new.reason), \(now))
            """)
    }

    /// Gives up what is only planned, with its hold.
    func withdraw(
        _ id: ChargeID, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            WITH account AS (
                SELECT a.account_id FROM escrow_accounts AS a JOIN charges AS c USING (account_id)
                 WHERE c.charge_id = \(id.sqlValue) FOR UPDATE OF a
            ), gone AS (
                UPDATE charges AS c
                   SET state = 'abandoned', abandon_reason = 'withdrawn', ended_at = \(now)
                  FROM account
                 WHERE c.charge_id = \(id.sqlValue) AND c.state = 'planned' AND NOT c.is_fenced
                RETURNING c.charge_id, c.account_id, c.amount_micro_usdc, c.kind
            ), freed AS (
                UPDATE escrow_accounts AS a
                   SET held_micro_usdc = held_micro_usdc - g.amount_micro_usdc
                  FROM gone AS g WHERE a.account_id = g.account_id AND g.kind = 'charge'
            ), posted AS (
                INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account,
                    credit_account, amount_micro_usdc)
                SELECT \(now), 'release', account_id, charge_id,
                    'held/0x' || encode(account_id, 'hex'),
                    'escrow/0x' || encode(account_id, 'hex'), amount_micro_usdc
                  FROM gone WHERE kind = 'charge'
            )
            SELECT charge_id FROM gone
            """) == 1
    }

    /// After a restore: what was planned may have been signed by bytes that are lost.
    func fencePlanned() async throws(StorageError) -> Int {
        try await execute(
            "UPDATE charges SET is_fenced = true WHERE state = 'planned' AND NOT is_fenced")
    }
}
