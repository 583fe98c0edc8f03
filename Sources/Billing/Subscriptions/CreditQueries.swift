public import Determinism
public import Identifiers
public import Storage

extension Transaction {
    /// Grants what a customer's next invoices take before money.
    ///
    /// - Parameters:
    ///   - id: of the credit: a second grant under it is ``StorageError/constraintViolated`` of
    ///     `billing_credits_pkey`.
    ///   - amount: above zero.
    ///   - person: who grants it, by name.
    /// - Returns: false where there is no such customer.
    public func grantCredit(
        _ id: SQLUUID, of amount: MicroUSDC, to customer: CustomerID, because reason: String,
        by person: String, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            INSERT INTO billing_credits (credit_id, customer_id, amount_micro_usdc,
                remaining_micro_usdc, reason, granted_by, granted_at)
            SELECT \(id), customer_id, \(amount.units), \(amount.units), \(reason), \(person),
                \(now)
              FROM customers WHERE customer_id = \(customer.number)
            """) == 1
    }

    /// Gives back what a voided invoice had taken.
    func returnCredits(of invoice: InvoiceID) async throws(StorageError) {
        try await execute(
            """
            UPDATE billing_credits AS c
               SET remaining_micro_usdc = c.remaining_micro_usdc - l.amount
              FROM (SELECT credit_id, sum(amount_micro_usdc)::bigint AS amount FROM billing_lines
                     WHERE invoice_id = \(invoice.sqlValue) AND kind = 'credit'
                     GROUP BY credit_id) AS l
             WHERE c.credit_id = l.credit_id
            """)
    }
}
