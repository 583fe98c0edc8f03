public import Identifiers
public import Storage

extension Transaction {
    /// What an invoice comes to; nil where there is no such.
    public func total(of invoice: InvoiceID) async throws(StorageError) -> MicroUSDC? {
        let units: Int64? = try await value(
            """
            SELECT total_micro_usdc FROM billing_records WHERE invoice_id = \(invoice.sqlValue)
            """)
        return units.map { MicroUSDC($0) }
    }

    func lockInvoice(
        _ id: InvoiceID
    ) async throws(StorageError) -> InvoiceStandingRow? {
        try await first(
            """
            SELECT \(sql: InvoiceStandingRow.columns) FROM billing_records AS r
             WHERE r.invoice_id = \(id.sqlValue) FOR UPDATE
            """)
    }

    /// Under way or settled under the invoice's mark, whoever planned it.
    func chargeThatCounts(
        for id: InvoiceID
    ) async throws(StorageError) -> ChargeID? {
        let row: CountedChargeRow? = try await first(
            """
            SELECT c.charge_id FROM billing_records AS r
              JOIN charges AS c ON c.obligation_mark = r.obligation_mark AND c.kind = 'charge'
             WHERE r.invoice_id = \(id.sqlValue) AND c.state NOT IN ('declined', 'abandoned')
             ORDER BY c.charge_id LIMIT 1
            """)
        return row?.charge
    }
}

private struct CountedChargeRow: SQLRow {
    var charge: ChargeID

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let charge: ChargeID = try columns.nextChargeID() else {
            throw .unexpectedValue(column: "charge_id")
        }
        self.charge = charge
    }
}
