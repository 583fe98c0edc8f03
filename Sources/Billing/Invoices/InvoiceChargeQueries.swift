import Determinism
import Identifiers
import Storage

/// An invoice, by what decides on its next step.
struct InvoiceStandingRow: SQLRow {
    static let columns: SQL = """
        r.invoice_id, r.customer_id, r.state, r.total_micro_usdc, r.charge_id, r.charge_count,
        coalesce(r.closed_at, r.opened_at)
        """

    let invoice: Invoice
    let chargeCount: Int64

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextInvoiceID()
        let customer = try columns.nextCustomerID()
        let name: String = try columns.next()
        let total = MicroUSDC(try columns.next())
        let charge: ChargeID? = try columns.nextChargeID()
        chargeCount = try columns.next()
        guard let state = Invoice.State(name: name, charge: charge) else {
            throw .unexpectedValue(column: "state")
        }
        invoice = Invoice(
            id: id, customer: customer, total: total, state: state,
            closedAt: try columns.next())
    }
}

/// What became of a charge for an invoice.
struct ChargeOutcomeRow: SQLRow {
    var standing: InvoiceStandingRow
    var charge: ChargeID
    var state: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        standing = try InvoiceStandingRow(from: &columns)
        guard let charge: ChargeID = try columns.nextChargeID() else {
            throw .unexpectedValue(column: "charge_id")
        }
        self.charge = charge
        state = try columns.next()
    }

    var event: Invoice.Event? {
        switch state {
        case "settled": .chargeSettled(charge)
        case "declined": .chargeDeclined(charge)
        case "abandoned": .chargeAbandoned(charge)
        default: nil
        }
    }
}

/// A change of state, by what it was and what it is.
struct InvoiceChange: Sendable {
    var invoice: Invoice
    var from: Invoice.State
    /// Before it no charge is planned; nil leaves it as it is.
    var chargeAfter: Timestamp?
}

extension Invoice.State {
    /// As it is stored.
    init?(name: String, charge: ChargeID?) {
        switch (name, charge) {
        case ("open", nil): self = .open
        case ("closed", _): self = .closed(abandoned: charge)
        case ("charging", let charge?): self = .charging(charge)
        case ("paid", _): self = .paid(charge)
        case ("past_due", let charge?): self = .pastDue(charge)
        case ("void", _): self = .void
        default: return nil
        }
    }

    var charge: ChargeID? {
        switch self {
        case .open, .void: nil
        case .closed(let charge), .paid(let charge): charge
        case .charging(let charge), .pastDue(let charge): charge
        }
    }
}

/// Longer than the longest wait is what a clock that was ahead has written: it would hold for ever.
private func waitIsOver(at now: Timestamp) -> SQL {
    let longest = now.adding(milliseconds: InvoiceCharging.longestWaitMilliseconds)
    return """
        (r.charge_after IS NULL OR r.charge_after <= \(now) OR r.charge_after > \(longest))
        """
}

extension StatementRunner {
    /// Closed invoices that could be charged by what their account has, in the order of their ids,
    /// so the oldest first.
    func chargeableInvoices(
        after last: InvoiceID?, at now: Timestamp, limit: Int
    ) async throws(StorageError) -> [InvoiceStandingRow] {
        try await rows(
            """
            SELECT \(sql: InvoiceStandingRow.columns)
              FROM billing_records AS r
              JOIN customers AS c ON c.customer_id = r.customer_id
              JOIN escrow_accounts AS a ON a.owner = c.wallet_address AND a.is_primary
             WHERE r.state = 'closed' AND \(sql: waitIsOver(at: now))
               AND (\(last?.sqlValue)::uuid IS NULL OR r.invoice_id > \(last?.sqlValue))
               AND a.frozen_at IS NULL
               AND a.balance_micro_usdc - a.held_micro_usdc >= r.total_micro_usdc
               AND (a.spending_limit_micro_usdc = 0
                    OR a.period_start + interval '28 days' <= \(now)
                    OR a.period_charged_micro_usdc::numeric + a.held_micro_usdc
                        + r.total_micro_usdc <= a.spending_limit_micro_usdc)
             ORDER BY r.invoice_id LIMIT \(limit)
            """)
    }

    /// Those whose charge was declined and may be tried again, the oldest first.
    func pastDueInvoices(
        of customer: CustomerID
    ) async throws(StorageError) -> [InvoiceStandingRow] {
        try await rows(
            """
            SELECT \(sql: InvoiceStandingRow.columns) FROM billing_records AS r
             WHERE r.customer_id = \(customer.number) AND r.state = 'past_due'
             ORDER BY r.invoice_id
            """)
    }
}

extension Transaction {
    /// In the order of their ids. One whose charge was declined waits no longer once the chain has
    /// more to charge from: the account was paid into, or its limit changed, after the decline.
    func lockInvoices(
        _ ids: [InvoiceID], chargeableAt now: Timestamp
    ) async throws(StorageError) -> [InvoiceStandingRow] {
        try await rows(
            """
            SELECT \(sql: InvoiceStandingRow.columns) FROM billing_records AS r
             WHERE r.invoice_id = ANY(\(ids.map(\.sqlValue))) AND r.state IN ('closed', 'past_due')
               AND (\(sql: waitIsOver(at: now))
                    OR r.state = 'past_due' AND EXISTS (
                        SELECT FROM charges AS c
                          JOIN escrow_transactions AS d
                            ON d.digest = c.outcome_digest AND d.event_seq = c.outcome_event_seq
                          JOIN escrow_transactions AS e
                            ON e.account_id = c.account_id AND e.position > d.position
                         WHERE c.charge_id = r.charge_id AND e.standing = 'booked'
                           AND e.kind IN ('deposited', 'refunded', 'limit_changed')))
             ORDER BY r.invoice_id FOR UPDATE
            """)
    }

    /// Outcomes that invoices do not know of yet: of their own charge, and whatever has settled
    /// under their mark, also where this database had lost it.
    func lockOutcomes(limit: Int) async throws(StorageError) -> [ChargeOutcomeRow] {
        try await rows(
            """
            SELECT \(sql: InvoiceStandingRow.columns), c.charge_id, c.state
              FROM billing_records AS r
              JOIN charges AS c ON c.obligation_mark = r.obligation_mark AND c.kind = 'charge'
             WHERE r.state IN ('closed', 'charging', 'past_due') AND c.duplicate_of IS NULL
               AND (c.state = 'settled' AND c.amount_micro_usdc = r.total_micro_usdc
                    OR r.state = 'charging' AND c.charge_id = r.charge_id
                        AND c.state IN ('declined', 'abandoned'))
             ORDER BY r.invoice_id LIMIT \(limit) FOR UPDATE OF r SKIP LOCKED
            """)
    }

    /// Writes the states that a step led to, each only from the one it was taken from.
    func store(_ changes: [InvoiceChange], at now: Timestamp) async throws(StorageError) {
        guard !changes.isEmpty else { return }
        let none = SQLUUID(bytes: [UInt8](repeating: 0, count: 16))
        let changed = try await execute(
            """
            UPDATE billing_records AS r
               SET state = n.state,
                   charge_id = nullif(n.charge, '00000000-0000-0000-0000-000000000000'::uuid),
                   charge_count = r.charge_count
                       + CASE WHEN n.state = 'charging' THEN 1 ELSE 0 END,
                   charge_after = CASE WHEN n.after = 0 THEN r.charge_after
                       ELSE \(sql: .time("n.after")) END,
                   ended_at = CASE WHEN n.state IN ('paid', 'void') THEN \(now) END
              FROM unnest(\(changes.map(\.invoice.id.sqlValue)), \(changes.map(\.from.name)),
                \(changes.map(\.invoice.state.name)),
                \(changes.map { change in
                    change.invoice.state.charge.map { SQLUUID(bytes: $0.uuid.bytes) } ?? none
                }),
                \(changes.map { $0.chargeAfter?.milliseconds ?? 0 }))
                AS n (id, was, state, charge, after)
             WHERE r.invoice_id = n.id AND r.state = n.was
            """)
        guard changed == changes.count else { throw .serialization }
    }
}
