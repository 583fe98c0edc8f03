import Determinism
public import Identifiers
public import Storage

extension Invoices {
    /// What became of an invoice that was to be voided.
    public enum Voiding: Equatable, Sendable {
        /// Also where it was void before.
        case voided(MicroUSDC)
        case unknown
        /// A charge for it is under way or has settled: money is taken, and voiding gives none back.
        case isCharged(ChargeID)
        /// The state in which it stays, as `paid`.
        case refused(String)
    }

    /// Has nobody pay an invoice any more: it counts for nothing owed, and the credits that it had
    /// taken can be taken again. What was used stays invoiced by it.
    ///
    /// One transaction under the invoice's lock, which whoever plans a charge for it takes too.
    public func void(_ id: InvoiceID) async throws(StorageError) -> Voiding {
        let now = surroundings.now()
        return try await database.transaction { transaction throws(StorageError) in
            guard let standing = try await transaction.lockInvoice(id) else { return .unknown }
            let invoice = standing.invoice
            if let charge = try await transaction.chargeThatCounts(for: id) {
                return .isCharged(charge)
            }
            var after = invoice
            do throws(InvoiceError) {
                _ = try after.handle(.voided)
            } catch {
                return .refused(invoice.state.name)
            }
            guard after.state != invoice.state else { return .voided(invoice.total) }
            try await transaction.store(
                [InvoiceChange(invoice: after, from: invoice.state)], at: now)
            try await transaction.returnCredits(of: id)
            return .voided(invoice.total)
        }
    }
}
