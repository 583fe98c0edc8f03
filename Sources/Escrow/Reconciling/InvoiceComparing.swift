public import Determinism
public import Storage

/// Whoever keeps invoices compares them with the charges that were made for them, at the same moment
/// of the database as everything else.
public protocol InvoiceComparing: Sendable {
    /// - Parameters:
    ///   - transaction: sees one moment and changes nothing.
    ///   - found: is told of each discrepancy as it is found.
    /// - Returns: how many invoices were compared.
    func compare(
        _ scope: ReconciliationScope, at now: Timestamp, in transaction: Transaction,
        found: @Sendable (Discrepancy) -> Void
    ) async throws(StorageError) -> Int
}
