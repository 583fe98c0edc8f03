import Determinism
import Identifiers
import Storage
import SuiProtocol

private struct ChargeDetailsRow: SQLRow {
    static let columns: SQL = """
        c.charge_id, c.kind, c.customer_id, c.account_id, c.amount_micro_usdc, c.description,
        c.invoice_id, c.service, c.refund_of, c.state, coalesce(c.outcome_sequence, c.sequence),
        coalesce(c.outcome_digest, c.transaction_digest, c.cancel_digest), c.outcome_checkpoint,
        c.attempts, c.last_error, c.decline_reason, c.abandon_reason, c.planned_at, c.signed_at,
        c.ended_at, s.charge_id, s.state, s.outcome_digest
        """

    /// Abandoned alone does not say that no money moved: an operation that the database had lost may
    /// have settled the obligation, known by its mark or by the invoice.
    static let source: SQL = """
        charges AS c LEFT JOIN LATERAL (
            SELECT m.charge_id, m.state, m.outcome_digest FROM charges AS m
             WHERE c.state = 'abandoned' AND m.obligation_mark = c.obligation_mark
               AND m.kind = c.kind AND m.state = 'settled'
            UNION ALL
            SELECT i.charge_id, i.state, i.outcome_digest FROM charges AS i
             WHERE c.state = 'abandoned' AND c.kind = 'charge' AND i.invoice_id = c.invoice_id
               AND i.kind = 'charge' AND i.duplicate_of IS NULL
               AND i.state NOT IN ('declined', 'abandoned') AND i.state = 'settled'
             LIMIT 1) AS s ON true
        """

    var details: ChargeDetails

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextChargeID()
        guard let kind = Charge.Kind(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "kind")
        }
        let customer: Int64? = try columns.next()
        let account = try columns.nextAccountID()
        let amount = try columns.nextAmount()
        let description: String? = try columns.next()
        let invoice: String? = try columns.next()
        let service: String? = try columns.next()
        let refundOf: SQLUUID? = try columns.next()
        details = ChargeDetails(
            id: id, kind: kind, customer: customer.flatMap { CustomerID($0) }, account: account,
            amount: amount, description: description, invoice: invoice, service: service,
            refundOf: refundOf.flatMap { UUIDv7(bytes: $0.bytes) }.map(ChargeID.init),
            progress: try Self.progress(&columns))
    }

    private static func progress(
        _ columns: inout SQLColumns
    ) throws(StorageError) -> ChargeDetails.Progress {
        guard let state = Charge.State.Name(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "state")
        }
        var progress = ChargeDetails.Progress(plannedAt: Timestamp(milliseconds: 0))
        progress.state = state
        progress.sequence = try columns.next()
        progress.digest = try columns.nextDigest()
        progress.checkpoint = try columns.next()
        progress.attempts = try columns.next()
        progress.lastError = try columns.next()
        let decline: Int64? = try columns.next()
        progress.declineCause = decline.flatMap(Charge.DeclineCause.init)
        let abandon: String? = try columns.next()
        progress.abandonCause = abandon.flatMap(Charge.AbandonCause.Name.init)
        progress.plannedAt = try columns.next()
        progress.signedAt = try columns.next()
        progress.endedAt = try columns.next()
        progress.supersededBy = try superseding(&columns)
        return progress
    }

    private static func superseding(
        _ columns: inout SQLColumns
    ) throws(StorageError) -> ChargeDetails.Superseding? {
        let id: SQLUUID? = try columns.next()
        let state: String? = try columns.next()
        let digest = try columns.nextDigest()
        guard let id = id.flatMap({ UUIDv7(bytes: $0.bytes) }).map(ChargeID.init),
            let state = state.flatMap(Charge.State.Name.init), let digest
        else { return nil }
        return ChargeDetails.Superseding(id: id, state: state, digest: digest)
    }
}

extension StatementRunner {
    func chargeDetails(
        _ id: ChargeID, _ kind: Charge.Kind
    ) async throws(StorageError) -> ChargeDetails? {
        let row: ChargeDetailsRow? = try await first(
            """
            SELECT \(sql: ChargeDetailsRow.columns) FROM \(sql: ChargeDetailsRow.source)
             WHERE c.charge_id = \(id.sqlValue) AND c.kind = \(kind.rawValue)
            """)
        return row?.details
    }

    /// Newest first: ids sort by the time they were made.
    func charges(
        _ filter: ChargeFilter, before: ChargeID?, limit: Int
    ) async throws(StorageError) -> [ChargeDetails] {
        let state: SQL = filter.state.map { "AND c.state = \($0.rawValue)" } ?? ""
        let customer: SQL = filter.customer.map { "AND c.customer_id = \($0.number)" } ?? ""
        let place: SQL = before.map { "AND c.charge_id < \($0.sqlValue)" } ?? ""
        let rows: [ChargeDetailsRow] = try await rows(
            """
            SELECT \(sql: ChargeDetailsRow.columns) FROM \(sql: ChargeDetailsRow.source)
             WHERE c.kind = 'charge' \(sql: state) \(sql: customer) \(sql: place)
             ORDER BY c.charge_id DESC LIMIT \(limit)
            """)
        return rows.map(\.details)
    }
}
