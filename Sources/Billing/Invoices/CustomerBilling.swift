public import Determinism
public import Identifiers
public import Storage

/// What a customer sees of use and invoices.
public struct CustomerBilling: Sendable {
    private let database: Database
    private let books: PriceBooks

    public init(database: Database, books: PriceBooks) {
        self.database = database
        self.books = books
    }

    /// Use from one moment to another, whole periods of it.
    public func usage(
        of customer: CustomerID, from start: Timestamp, to end: Timestamp,
        by granularity: UsageReport.Granularity
    ) async throws(BillingReadError) -> UsageReport {
        do throws(StorageError) {
            let sums = try await database.periodSums(
                of: customer, from: Month(containing: start).start, to: end, by: granularity)
            return UsageReport(sums, from: start, by: try await books.current())
        } catch {
            throw .storage(error)
        }
    }

    /// Newest first.
    ///
    /// - Parameter before: goes on after this one.
    public func invoices(
        of customer: CustomerID, before: InvoiceID?, limit: Int
    ) async throws(BillingReadError) -> [StoredInvoice] {
        do {
            return try await database.invoices(of: customer, before: before, limit: limit)
        } catch {
            throw .storage(error)
        }
    }

    /// - Throws: ``BillingReadError/invoiceUnknown`` for another's as well.
    public func invoice(
        _ id: InvoiceID, of customer: CustomerID
    ) async throws(BillingReadError) -> StoredInvoice {
        let found: StoredInvoice?
        do { found = try await database.invoice(id) } catch { throw .storage(error) }
        guard let found, found.customer == customer else { throw .invoiceUnknown }
        return found
    }

    /// In their order, from one number on, each with the hours that stand on it.
    public func lines(
        of id: InvoiceID, of customer: CustomerID, from first: Int64, limit: Int
    ) async throws(BillingReadError) -> [StoredLine] {
        _ = try await invoice(id, of: customer)
        do {
            return try await database.lines(of: id, from: first, limit: limit)
        } catch {
            throw .storage(error)
        }
    }
}
