import Determinism
import Identifiers
import Services
import Storage
import Synchronization

@testable import Billing
@testable import Gateway

extension Doubles: BillingService {
    func usage(
        of customer: CustomerID, from start: Timestamp, to end: Timestamp,
        by granularity: UsageReport.Granularity
    ) async throws(BillingReadError) -> UsageReport {
        note("usage \(customer) \(start.rfc3339) \(end.rfc3339) \(granularity.rawValue)")
        guard let sums = state.withLock({ $0.use }) else { throw .storage(.unavailable) }
        return UsageReport(sums, from: start, by: nil)
    }

    func invoices(
        of customer: CustomerID, before: InvoiceID?, limit: Int
    ) async throws(BillingReadError) -> [StoredInvoice] {
        let behind = state.withLock { $0.invoices }.filter { invoice in
            invoice.customer == customer
                && before.map { invoice.id.description < $0.description } ?? true
        }
        return Array(behind.prefix(limit))
    }

    func invoice(
        _ id: InvoiceID, of customer: CustomerID
    ) async throws(BillingReadError) -> StoredInvoice {
        let found = state.withLock { $0.invoices }.first { $0.id == id && $0.customer == customer }
        guard let found else { throw .invoiceUnknown }
        return found
    }

    func lines(
        of id: InvoiceID, of customer: CustomerID, from first: Int64, limit: Int
    ) async throws(BillingReadError) -> [StoredLine] {
        _ = try await invoice(id, of: customer)
        return Array(state.withLock { $0.lines }.filter { $0.number >= first }.prefix(limit))
    }
}
