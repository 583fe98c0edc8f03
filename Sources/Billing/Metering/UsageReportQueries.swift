import Determinism
import Identifiers
import Services
import Storage

struct PeriodSumRow: SQLRow {
    var sum: PeriodSum

    init(from columns: inout SQLColumns) throws(StorageError) {
        let start: Timestamp = try columns.next()
        guard let service = ServiceType(rawValue: try columns.next()),
            let tier = ServiceTier(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "tier") }
        sum = PeriodSum(
            start: start, service: service, tier: tier, requests: try columns.next(),
            successful: try columns.next(), bytesIn: try columns.next(),
            bytesOut: try columns.next())
    }
}

extension StatementRunner {
    func periodSums(
        of customer: CustomerID, from start: Timestamp, to end: Timestamp,
        by granularity: UsageReport.Granularity
    ) async throws(StorageError) -> [PeriodSum] {
        let width: SQL = granularity == .hour ? "interval '1 hour'" : "interval '1 day'"
        let rows: [PeriodSumRow] = try await rows(
            """
            SELECT date_bin(\(sql: width), hour, 'epoch') AS period, service_type, tier,
                sum(requests)::bigint, sum(successful)::bigint, sum(bytes_in)::bigint,
                sum(bytes_out)::bigint
              FROM usage_records
             WHERE customer_id = \(customer.number) AND hour >= \(start) AND hour < \(end)
               AND service_type = ANY(\(ServiceType.allCases.map(\.rawValue)))
               AND tier = ANY(\(ServiceTier.allCases.map(\.rawValue)))
             GROUP BY period, service_type, tier
            """)
        return rows.map(\.sum)
    }
}
