import Identifiers
import Storage

extension StatementRunner {
    /// What is left of all grants to a customer, as far as it fits.
    func credit(of customer: CustomerID) async throws(StorageError) -> MicroUSDC {
        let units: Int64? = try await value(
            """
            SELECT least(9223372036854775807, coalesce(sum(remaining_micro_usdc), 0))::bigint
              FROM billing_credits WHERE customer_id = \(customer.number)
            """)
        return MicroUSDC(units ?? 0)
    }
}
