import Determinism
import Identifiers
import Services
import Storage

/// An instance about which something may have to be decided.
struct CandidateRow: SQLRow {
    var customer: CustomerID
    var service: ServiceType

    init(from columns: inout SQLColumns) throws(StorageError) {
        customer = try columns.nextCustomerID()
        guard let service = ServiceType(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "service_type")
        }
        self.service = service
    }
}

extension StatementRunner {
    /// Instances that are served though more is promised than there is; or those that are stopped
    /// and may go on, or whose debts may be charged. Only a first look: each is decided on by the
    /// figures of its own transaction.
    ///
    /// - Parameters:
    ///   - isServed: which of both.
    ///   - last: goes on after this one; nil begins with the first.
    func overspendCandidates(
        isServed: Bool, after last: CandidateRow?, at now: Timestamp, limit: Int
    ) async throws(StorageError) -> [CandidateRow] {
        try await rows(
            """
            WITH debts AS MATERIALIZED (
                SELECT customer_id,
                    coalesce(sum(total_micro_usdc) FILTER (WHERE state <> 'charging'), 0) AS owed,
                    bool_or(state = 'past_due') AS is_past_due
                  FROM billing_records WHERE state IN ('open', 'closed', 'charging', 'past_due')
                 GROUP BY customer_id
            ), credits AS MATERIALIZED (
                SELECT customer_id, sum(remaining_micro_usdc) AS remaining
                  FROM billing_credits WHERE remaining_micro_usdc > 0 GROUP BY customer_id
            )
            SELECT i.customer_id, i.service_type
              FROM service_instances AS i
              JOIN customers AS c ON c.customer_id = i.customer_id
              LEFT JOIN billing_accounts AS b ON b.customer_id = i.customer_id
              LEFT JOIN escrow_accounts AS a ON a.owner = c.wallet_address AND a.is_primary
              LEFT JOIN debts AS d ON d.customer_id = i.customer_id
              LEFT JOIN credits AS k ON k.customer_id = i.customer_id
             CROSS JOIN LATERAL (
                SELECT greatest(0, coalesce(b.accrued_micro_usdc, 0) - coalesce(k.remaining, 0))
                    + coalesce(d.owed, 0) + coalesce(a.held_micro_usdc, 0) AS micro_usdc
              ) AS promised
             WHERE (i.customer_id, i.service_type)
                    > (\(last?.customer.number ?? 0), \(last?.service.rawValue ?? ""))
               AND CASE WHEN \(isServed) THEN i.state = 'enabled' AND (
                    d.is_past_due
                    OR promised.micro_usdc > coalesce(a.balance_micro_usdc, 0)
                    OR a.spending_limit_micro_usdc > 0
                        AND promised.micro_usdc
                            + CASE WHEN a.period_start + interval '28 days' <= \(now) THEN 0
                                ELSE a.period_charged_micro_usdc END
                            > a.spending_limit_micro_usdc)
                ELSE i.state IN ('suspended_no_payment', 'suspended_spending_limit')
                    OR i.state IN ('disabled', 'suspended_by_operator') AND d.is_past_due
                END
             ORDER BY i.customer_id, i.service_type LIMIT \(limit)
            """)
    }
}
