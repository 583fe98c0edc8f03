public import Determinism
public import Escrow
public import Storage

/// Compares invoices with the charges that were made for them.
public struct InvoiceReconciliation: InvoiceComparing {
    public init() {}

    /// In pages: memory holds one, however many invoices there are.
    public func compare(
        _ scope: ReconciliationScope, at now: Timestamp, in transaction: Transaction,
        found: @Sendable (Discrepancy) -> Void
    ) async throws(StorageError) -> Int {
        try await transaction.openInvoiceComparison(scope)
        var rows = Cursor<ComparedInvoiceRow>(transaction, fetch: Transaction.comparedInvoices)
        var count = 0
        while let first = try await rows.next() {
            var settled = [first.settled].compactMap(\.self)
            while let row = try await rows.peek(), row.invoice == first.invoice {
                settled += [row.settled].compactMap(\.self)
                _ = try await rows.next()
            }
            let comparison = InvoiceComparison(
                invoice: first.invoice, state: first.state, total: first.total, own: first.own,
                settled: settled)
            for discrepancy in comparison.discrepancies(at: now) { found(discrepancy) }
            count += 1
        }
        return count
    }
}
