import Determinism
import Identifiers
import Storage

extension StatementRunner {
    /// Customers whose accrued use has reached so much, or who were last billed in another month.
    ///
    /// - Parameter after: goes on after this one.
    func customersDue(
        threshold: MicroUSDC, month: Timestamp, after: Int64, limit: Int
    ) async throws(StorageError) -> [CustomerID] {
        let rows: [SQLScalar<Int64>] = try await rows(
            """
            SELECT customer_id FROM billing_accounts
             WHERE customer_id > \(after)
               AND (accrued_micro_usdc >= \(threshold.units)
                    OR coalesce(covered_through, used_from) < \(month))
             ORDER BY customer_id LIMIT \(limit)
            """)
        return rows.compactMap { CustomerID($0.value) }
    }
}
