import Determinism
import Identifiers
import Storage
import SuiProtocol

/// A customer's primary account.
struct CustomerAccountRow: SQLRow {
    var customer: CustomerID
    var account: AccountRow

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let customer = CustomerID(try columns.next()) else {
            throw .unexpectedValue(column: "customer_id")
        }
        self.customer = customer
        account = try AccountRow(from: &columns)
    }
}

struct LiveChargeRow: SQLRow {
    var mark: [UInt8]
    var invoice: String?
    var charge: ChargeID

    init(from columns: inout SQLColumns) throws(StorageError) {
        mark = try columns.next()
        invoice = try columns.next()
        charge = try columns.nextChargeID()
    }
}

extension Transaction {
    /// In the order in which all lock accounts.
    func lockAccounts(
        ofCustomers customers: Set<CustomerID>
    ) async throws(StorageError) -> [CustomerID: AccountRow] {
        let rows: [CustomerAccountRow] = try await rows(
            """
            SELECT c.customer_id, \(sql: AccountRow.columns) FROM escrow_accounts AS a
              JOIN customers AS c ON c.wallet_address = a.owner
             WHERE c.customer_id = ANY(\(customers.map(\.number))) AND a.is_primary
             ORDER BY a.account_id FOR UPDATE OF a
            """)
        return Dictionary(rows.map { ($0.customer, $0.account) }) { first, _ in first }
    }

    /// Charges that stand for one of the invoices, whichever way they name it. Two lookups, as each
    /// has an index of its own.
    func liveCharges(
        ofInvoices invoices: [UUIDv7], service: String
    ) async throws(StorageError) -> [UUIDv7: ChargeID] {
        let marks = invoices.map { InvoiceCharge.mark(of: $0, service: service) }
        let rows: [LiveChargeRow] = try await rows(
            """
            SELECT obligation_mark, invoice_id, charge_id FROM charges
             WHERE obligation_mark = ANY(\(marks)) AND kind = 'charge' AND duplicate_of IS NULL
               AND state NOT IN ('declined', 'abandoned')
             UNION
            SELECT obligation_mark, invoice_id, charge_id FROM charges
             WHERE invoice_id = ANY(\(invoices.map(\.description))) AND kind = 'charge'
               AND duplicate_of IS NULL AND state NOT IN ('declined', 'abandoned')
            """)
        var byMark: [[UInt8]: UUIDv7] = [:]
        for (mark, invoice) in zip(marks, invoices) { byMark[mark] = invoice }
        var live: [UUIDv7: ChargeID] = [:]
        for row in rows {
            let named = row.invoice.flatMap { UUIDv7($0) }
            if let invoice = byMark[row.mark] ?? named { live[invoice] = row.charge }
        }
        return live
    }

    /// Sets the amounts aside and writes charges and entries. The accounts are locked, and were
    /// found to have enough.
    func insertCharges(
        _ planned: [PlannedCharge], service: String, at now: Timestamp
    ) async throws(StorageError) {
        guard !planned.isEmpty else { return }
        try await execute(
            """
            WITH planned AS MATERIALIZED (
                SELECT * FROM unnest(\(planned.map(\.id.sqlValue)),
                    \(planned.map(\.charge.customer.number)), \(planned.map(\.account.bytes)),
                    \(planned.map(\.charge.amount.units)), \(planned.map(\.mark)),
                    \(planned.map(\.charge.invoice.description)),
                    \(planned.map { $0.charge.description ?? "" }))
                    AS p (charge_id, customer_id, account_id, amount, mark, invoice, description)
            ), held AS (
                UPDATE escrow_accounts AS a SET held_micro_usdc = held_micro_usdc + s.amount
                  FROM (SELECT account_id, sum(amount)::bigint AS amount FROM planned
                         GROUP BY account_id) AS s
                 WHERE a.account_id = s.account_id
            ), written AS (
                INSERT INTO charges (charge_id, kind, customer_id, account_id, amount_micro_usdc,
                    reference, obligation_mark, service, invoice_id, description, planned_at)
                SELECT charge_id, 'charge', customer_id, account_id, amount,
                    uuid_send(charge_id) || mark, mark, \(service), invoice,
                    nullif(description, ''), \(now)
                  FROM planned
            )
            INSERT INTO ledger_entries (at, purpose, account_id, charge_id, debit_account,
                credit_account, amount_micro_usdc)
            SELECT \(now), 'hold', account_id, charge_id, 'escrow/0x' || encode(account_id, 'hex'),
                'held/0x' || encode(account_id, 'hex'), amount
              FROM planned
            """)
    }
}
