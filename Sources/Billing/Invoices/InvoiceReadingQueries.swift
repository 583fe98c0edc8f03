import ByteCodecs
import Determinism
import Identifiers
import Services
import Storage

struct StoredInvoiceRow: SQLRow {
    static let columns: SQL = """
        r.invoice_id, r.customer_id, r.state, r.reason, r.total_micro_usdc, r.price_version,
        r.opened_at, r.closed_at, r.ended_at, r.charge_id, c.state,
        coalesce(c.outcome_digest, c.cancel_digest, c.transaction_digest), c.outcome_checkpoint
        """

    static let source: SQL = """
        billing_records AS r LEFT JOIN charges AS c ON c.charge_id = r.charge_id
        """

    let invoice: StoredInvoice

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextInvoiceID()
        let customer = try columns.nextCustomerID()
        let name: String = try columns.next()
        guard let reason = InvoiceReason(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "reason")
        }
        let total = MicroUSDC(try columns.next())
        let version: Int64 = try columns.next()
        let openedAt: Timestamp = try columns.next()
        let closedAt: Timestamp? = try columns.next()
        let endedAt: Timestamp? = try columns.next()
        let chargeID: ChargeID? = try columns.nextChargeID()
        let chargeState: String? = try columns.next()
        let digest: [UInt8]? = try columns.next()
        let checkpoint: Int64? = try columns.next()
        guard let state = Invoice.State(name: name, charge: chargeID) else {
            throw .unexpectedValue(column: "state")
        }
        var charge: InvoicedCharge?
        if let chargeID, let chargeState {
            charge = InvoicedCharge(
                id: chargeID, state: chargeState, digest: digest.map { Base58.encode($0) },
                checkpoint: checkpoint)
        }
        invoice = StoredInvoice(
            id: id, customer: customer, state: state, reason: reason, total: total,
            priceVersion: version, openedAt: openedAt, closedAt: closedAt, endedAt: endedAt,
            charge: charge)
    }
}

struct StoredSumRow: SQLRow {
    var service: String
    var tier: String
    var hour: Timestamp
    var successful: Int64

    init(from columns: inout SQLColumns) throws(StorageError) {
        service = try columns.next()
        tier = try columns.next()
        hour = try columns.next()
        successful = try columns.next()
    }
}

/// A request behind an invoice line, as HAProxy wrote it.
struct SampleRow: SQLRow {
    let request: SampleRequest

    init(from columns: inout SQLColumns) throws(StorageError) {
        let at: Timestamp = try columns.next()
        let edge: String = try columns.next()
        let id: SQLUUID = try columns.next()
        request = SampleRequest(
            at: at, edge: edge, line: UUIDv7(bytes: id.bytes)?.description ?? "",
            method: try columns.next(), status: try columns.next(), bytesIn: try columns.next(),
            bytesOut: try columns.next())
    }
}

extension StatementRunner {
    /// Newest first.
    func invoices(
        of customer: CustomerID, before: InvoiceID?, limit: Int
    ) async throws(StorageError) -> [StoredInvoice] {
        let rows: [StoredInvoiceRow] = try await rows(
            """
            SELECT \(sql: StoredInvoiceRow.columns) FROM \(sql: StoredInvoiceRow.source)
             WHERE r.customer_id = \(customer.number)
               AND (\(before?.sqlValue)::uuid IS NULL OR r.invoice_id < \(before?.sqlValue))
             ORDER BY r.invoice_id DESC LIMIT \(limit)
            """)
        return rows.map(\.invoice)
    }

    func invoice(_ id: InvoiceID) async throws(StorageError) -> StoredInvoice? {
        let row: StoredInvoiceRow? = try await first(
            """
            SELECT \(sql: StoredInvoiceRow.columns) FROM \(sql: StoredInvoiceRow.source)
             WHERE r.invoice_id = \(id.sqlValue)
            """)
        return row?.invoice
    }

    /// In their order, from one number on.
    func lines(
        of id: InvoiceID, from first: Int64 = 0, limit: Int = .max
    ) async throws(StorageError) -> [StoredLine] {
        let rows: [LineRow] = try await rows(
            """
            SELECT \(sql: LineRow.columns) FROM billing_lines AS l
             WHERE l.invoice_id = \(id.sqlValue) AND l.line >= \(first)
             ORDER BY l.line LIMIT \(limit)
            """)
        guard let last = rows.last else { return [] }
        let parts: [PartRow] = try await self.rows(
            """
            SELECT invoice_id, line, hour, from_request, through_request
              FROM billing_line_parts
             WHERE invoice_id = \(id.sqlValue) AND line BETWEEN \(first) AND \(last.number)
             ORDER BY line, hour
            """)
        let byLine = Dictionary(grouping: parts, by: \.line)
        var lines: [StoredLine] = []
        for row in rows {
            let parts = (byLine[row.number] ?? []).map(\.part)
            lines.append(StoredLine(number: row.number, line: try row.line(parts)))
        }
        return lines
    }

    /// The sums that an invoice's lines were made from, as they are now.
    func sums(behind id: InvoiceID) async throws(StorageError) -> [StoredSumRow] {
        try await rows(
            """
            SELECT DISTINCT u.service_type, u.tier, u.hour, u.successful
              FROM billing_line_parts AS p
              JOIN billing_lines AS l USING (invoice_id, line)
              JOIN usage_records AS u ON u.hour = p.hour AND u.customer_id = l.customer_id
               AND u.service_type = l.service_type AND u.tier = l.tier
             WHERE p.invoice_id = \(id.sqlValue)
            """)
    }

    /// Some requests of an hour that cost, the first ones.
    func sample(
        of customer: CustomerID, _ service: ServiceType, in hour: Hour, limit: Int
    ) async throws(StorageError) -> [SampleRequest] {
        let rows: [SampleRow] = try await rows(
            """
            SELECT at, edge, line_id, method, status, bytes_in, bytes_out FROM haproxy_logs
             WHERE at >= \(hour.start) AND at < \(hour.end)
               AND customer_id = \(customer.number) AND service_type = \(service.rawValue)
               AND status BETWEEN 200 AND 399
             ORDER BY at LIMIT \(limit)
            """)
        return rows.map(\.request)
    }
}
