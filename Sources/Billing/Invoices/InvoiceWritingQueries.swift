import Determinism
import Identifiers
import Services
import Storage

extension Transaction {
    /// Writes invoices with their lines, takes credits, and raises what is invoiced of each hour.
    ///
    /// - Throws: ``StorageError/serialization`` when sums or credits are not what the lines were
    ///   made from; their rows are to be locked before.
    func insert(_ invoices: [NewInvoice]) async throws(StorageError) {
        guard !invoices.isEmpty else { return }
        try await insertRecords(invoices)
        let lines = invoices.flatMap { invoice in
            invoice.lines.enumerated().map { WrittenLine(invoice, $0.offset, $0.element) }
        }
        try await insertCreditUse(lines)
        try await insertLines(lines)
        try await insertParts(lines)
    }

    private func insertRecords(_ invoices: [NewInvoice]) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO billing_records (invoice_id, customer_id, state, reason, total_micro_usdc,
                price_version, obligation_mark, opened_at, closed_at, ended_at)
            SELECT id, customer, CASE WHEN total = 0 THEN 'paid' ELSE 'closed' END, reason, total,
                version, mark, \(sql: .time("closed")), \(sql: .time("closed")),
                CASE WHEN total = 0 THEN \(sql: .time("closed")) END
              FROM unnest(\(invoices.map(\.id.sqlValue)), \(invoices.map(\.customer.number)),
                \(invoices.map(\.reason.rawValue)), \(invoices.map(\.total.units)),
                \(invoices.map(\.priceVersion)), \(invoices.map(\.mark)),
                \(invoices.map(\.closedAt.milliseconds)))
                AS n (id, customer, reason, total, version, mark, closed)
            """)
    }

    /// What is taken of each credit, which is still there.
    private func insertCreditUse(_ lines: [WrittenLine]) async throws(StorageError) {
        let taken = lines.compactMap { line in
            line.line.creditID.map { (SQLUUID(bytes: $0.uuid.bytes), -line.line.amount.units) }
        }
        guard !taken.isEmpty else { return }
        let changed = try await execute(
            """
            UPDATE billing_credits AS c SET remaining_micro_usdc = remaining_micro_usdc - n.amount
              FROM unnest(\(taken.map(\.0)), \(taken.map(\.1))) AS n (id, amount)
             WHERE c.credit_id = n.id AND c.remaining_micro_usdc >= n.amount
            """)
        guard changed == taken.count else { throw .serialization }
    }

    private func insertLines(_ lines: [WrittenLine]) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO billing_lines (invoice_id, line, customer_id, kind, amount_micro_usdc,
                service_type, tier, price_version, month, before_requests, requests, first_day,
                end_day, has_burst, seal_keys, packages_per_key, api_keys, credit_id)
            SELECT id, line, customer, kind, amount, nullif(service, ''), nullif(tier, ''),
                nullif(version, 0), nullif(month, '')::date, nullif(before, -1),
                nullif(requests, -1), nullif(first_day, -1), nullif(end_day, -1),
                nullif(burst, -1) = 1, nullif(seal_keys, -1), nullif(packages, -1),
                nullif(keys, -1), nullif(credit, '00000000-0000-0000-0000-000000000000'::uuid)
              FROM unnest(\(lines.map(\.invoice.id.sqlValue)), \(lines.map(\.number)),
                \(lines.map(\.invoice.customer.number)), \(lines.map(\.line.kind.rawValue)),
                \(lines.map(\.line.amount.units)), \(lines.map(\.service)), \(lines.map(\.tier)),
                \(lines.map(\.priceVersion)), \(lines.map(\.month)), \(lines.map(\.before)),
                \(lines.map(\.requests)), \(lines.map(\.firstDay)), \(lines.map(\.endDay)),
                \(lines.map(\.hasBurst)), \(lines.map(\.sealKeys)), \(lines.map(\.packagesPerKey)),
                \(lines.map(\.apiKeys)), \(lines.map(\.credit)))
                AS n (id, line, customer, kind, amount, service, tier, version, month, before,
                    requests, first_day, end_day, burst, seal_keys, packages, keys, credit)
            """)
    }

    /// The guard is the figure that the line begins at: nothing is invoiced twice.
    private func insertParts(_ lines: [WrittenLine]) async throws(StorageError) {
        let parts = lines.flatMap { line in
            (line.line.usage?.parts ?? []).map { (line: line, part: $0) }
        }
        guard !parts.isEmpty else { return }
        let raised: Int? = try await value(
            """
            WITH parts AS MATERIALIZED (
                SELECT id, line, customer, service, tier, \(sql: .time("hour")) AS hour,
                    from_request, through_request
                  FROM unnest(\(parts.map(\.line.invoice.id.sqlValue)),
                    \(parts.map(\.line.number)), \(parts.map(\.line.invoice.customer.number)),
                    \(parts.map(\.line.service)), \(parts.map(\.line.tier)),
                    \(parts.map(\.part.hour.start.milliseconds)), \(parts.map(\.part.from)),
                    \(parts.map(\.part.through)))
                    AS n (id, line, customer, service, tier, hour, from_request, through_request)
            ), raised AS (
                UPDATE usage_records AS u SET invoiced = p.through_request
                  FROM parts AS p
                 WHERE u.hour = p.hour AND u.customer_id = p.customer
                   AND u.service_type = p.service AND u.tier = p.tier
                   AND u.invoiced = p.from_request AND u.successful >= p.through_request
                RETURNING 1
            ), written AS (
                INSERT INTO billing_line_parts (invoice_id, line, hour, from_request,
                    through_request)
                SELECT id, line, hour, from_request, through_request FROM parts
            )
            SELECT count(*) FROM raised
            """)
        guard raised == parts.count else { throw .serialization }
    }
}

extension SQL {
    /// A column of milliseconds since 1970 as a time, without floating point.
    static func time(_ column: StaticString) -> SQL {
        "(timestamptz 'epoch' + \(sql: SQL(literal: column)) * interval '1 millisecond')"
    }
}

/// A line in columns; what it does not have is -1, empty or zeros, as arrays hold no NULL.
private struct WrittenLine {
    let invoice: NewInvoice
    let number: Int64
    let line: InvoiceLine

    init(_ invoice: NewInvoice, _ number: Int, _ line: InvoiceLine) {
        self.invoice = invoice
        self.number = Int64(number)
        self.line = line
    }

    private var group: UsageGroup? { line.usage?.group }
    private var chosen: ServiceConfiguration? { line.fee?.configuration }

    var service: String { (group?.service ?? line.fee?.service)?.rawValue ?? "" }
    var tier: String { (group?.tier ?? chosen?.tier)?.rawValue ?? "" }
    var priceVersion: Int64 { group?.priceVersion ?? line.fee?.priceVersion ?? 0 }
    var month: String { (group?.month ?? line.fee?.days.month).map { "\($0)-01" } ?? "" }
    var before: Int64 { line.usage?.before ?? -1 }
    var requests: Int64 { (try? line.usage?.count()) ?? -1 }
    var firstDay: Int64 { line.fee?.days.days.lowerBound ?? -1 }
    var endDay: Int64 { line.fee?.days.days.upperBound ?? -1 }
    var hasBurst: Int64 { chosen.map { $0.hasBurst ? 1 : 0 } ?? -1 }
    var sealKeys: Int64 { chosen?.sealKeys ?? -1 }
    var packagesPerKey: Int64 { chosen?.packagesPerKey ?? -1 }
    var apiKeys: Int64 { chosen?.apiKeys ?? -1 }
    var credit: SQLUUID {
        SQLUUID(bytes: line.creditID?.uuid.bytes ?? [UInt8](repeating: 0, count: 16))
    }
}
