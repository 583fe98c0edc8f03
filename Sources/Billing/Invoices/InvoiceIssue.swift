public import Determinism
public import Escrow
public import Identifiers
public import Storage

/// Invoices what a subscription costs, in the transaction that changes the subscription.
public struct InvoiceIssue: Sendable {
    /// An invoice, and the charge that is planned for it; nil where nothing is owed.
    public struct Issued: Hashable, Sendable {
        public let invoice: InvoiceID
        public let total: MicroUSDC
        public let charge: ChargeID?
    }

    /// Why nothing was invoiced; the caller abandons the transaction.
    public enum Refusal: Error, Equatable, Sendable {
        case noPrices
        case invoice(InvoiceError)
        /// The account has not enough, or no charge can be planned on it.
        case charge(ChargeError)
    }

    private let book: PriceBook
    private let surroundings: Surroundings

    public init(by book: PriceBook, surroundings: Surroundings) {
        self.book = book
        self.surroundings = surroundings
    }

    /// Closes an invoice of these lines and plans its charge.
    ///
    /// The customer's instance is locked before, as by all who take both.
    ///
    /// - Parameter lines: as ``SubscriptionChange/lines`` has them.
    /// - Returns: nil where there are no lines.
    public func issue(
        _ lines: [InvoiceLine], to customer: CustomerID, in transaction: Transaction
    ) async throws(StorageError) -> Result<Issued?, Refusal> {
        guard !lines.isEmpty else { return .success(nil) }
        let now = surroundings.now()
        guard let version = book.version(at: now) else { return .failure(.noPrices) }
        _ = try await transaction.lockAccounts([customer], at: now)
        let credits = try await transaction.lockCredits([customer]).map(\.credit)
        let invoice: NewInvoice
        do throws(InvoiceError) {
            invoice = try NewInvoice(
                lines, credits: credits, to: customer, because: .subscription,
                priceVersion: version.number, surroundings)
        } catch {
            return .failure(.invoice(error))
        }
        try await transaction.insert([invoice])
        guard !invoice.isPaid else {
            return .success(Issued(invoice: invoice.id, total: .zero, charge: nil))
        }
        let outcome = try await InvoiceCharging(surroundings: surroundings)
            .plan([invoice.asClosed], in: transaction)
        if let refused = outcome.refused.first { return .failure(.charge(refused.error)) }
        return .success(
            Issued(invoice: invoice.id, total: invoice.total, charge: outcome.charges.first))
    }
}
