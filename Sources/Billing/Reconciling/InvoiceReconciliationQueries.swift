import Determinism
import Escrow
import Identifiers
import Storage

/// An invoice with the charge that it names and one of those that have settled under its mark.
struct ComparedInvoiceRow: SQLRow {
    static let columns: SQL = """
        r.invoice_id, r.state, r.total_micro_usdc, o.charge_id, o.state, o.amount_micro_usdc,
        o.account_id, o.obligation_mark = r.obligation_mark, s.charge_id, s.amount_micro_usdc,
        s.account_id, s.ended_at, coalesce(b.amount, 0)
        """

    var invoice: InvoiceID
    var state: String
    var total: MicroUSDC
    var own: InvoiceComparison.Own?
    var settled: InvoiceComparison.Settled?

    init(from columns: inout SQLColumns) throws(StorageError) {
        invoice = try columns.nextInvoiceID()
        state = try columns.next()
        total = MicroUSDC(try columns.next())
        own = try Self.own(&columns)
        settled = try Self.settled(&columns)
    }

    private static func own(
        _ columns: inout SQLColumns
    ) throws(StorageError) -> InvoiceComparison.Own? {
        let charge: ChargeID? = try columns.nextChargeID()
        let state: String? = try columns.next()
        let amount: Int64? = try columns.next()
        let account: [UInt8]? = try columns.next()
        let isForThis: Bool? = try columns.next()
        guard let charge, let state, let amount, let isForThis,
            let account = account.flatMap(AccountID.init)
        else { return nil }
        return InvoiceComparison.Own(
            charge: charge, state: state, amount: MicroUSDC(amount), account: account,
            isForThis: isForThis)
    }

    private static func settled(
        _ columns: inout SQLColumns
    ) throws(StorageError) -> InvoiceComparison.Settled? {
        let charge: ChargeID? = try columns.nextChargeID()
        let amount: Int64? = try columns.next()
        let account: [UInt8]? = try columns.next()
        let endedAt: Timestamp? = try columns.next()
        let refunded: Int64 = try columns.next()
        guard let charge, let amount, let endedAt, let account = account.flatMap(AccountID.init)
        else { return nil }
        return InvoiceComparison.Settled(
            charge: charge, amount: MicroUSDC(amount), account: account, endedAt: endedAt,
            refunded: MicroUSDC(refunded))
    }
}

extension Transaction {
    static let comparedInvoices: SQL = "FETCH 1000 FROM reconciled_invoices"

    /// One row for each invoice, or as many as charges have settled for it, which follow each other.
    func openInvoiceComparison(_ scope: ReconciliationScope) async throws(StorageError) {
        try await execute(
            """
            DECLARE reconciled_invoices NO SCROLL CURSOR FOR
            SELECT \(sql: ComparedInvoiceRow.columns)
              FROM billing_records AS r
              LEFT JOIN charges AS o ON o.charge_id = r.charge_id
              LEFT JOIN charges AS s ON s.obligation_mark = r.obligation_mark
               AND s.kind = 'charge' AND s.state = 'settled'
              LEFT JOIN (
                SELECT refund_of, sum(amount_micro_usdc)::bigint AS amount FROM charges
                 WHERE refund_of IS NOT NULL AND state = 'settled'
                 GROUP BY refund_of) AS b ON b.refund_of = s.charge_id
             WHERE \(sql: scope.invoiceCondition)
             ORDER BY r.invoice_id, s.charge_id
            """)
    }
}

extension ReconciliationScope {
    /// Of an invoice `r`: whole invoices, with all that has settled for them.
    fileprivate var invoiceCondition: SQL {
        var all: SQL = "true"
        if let customer { all = "\(sql: all) AND r.customer_id = \(customer.number)" }
        if let since {
            all = """
                \(sql: all) AND (greatest(r.opened_at, r.closed_at, r.ended_at) >= \(since)
                    OR r.obligation_mark IN (
                        SELECT obligation_mark FROM charges WHERE ended_at >= \(since)))
                """
        }
        if let digestBytes {
            all = """
                \(sql: all) AND r.obligation_mark IN (
                    SELECT obligation_mark FROM charges WHERE outcome_digest = \(digestBytes))
                """
        }
        return all
    }
}
