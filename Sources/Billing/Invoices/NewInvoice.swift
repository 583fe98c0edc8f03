public import Determinism
import Escrow
public import Identifiers

/// An invoice that was closed and is to be written, with its lines.
public struct NewInvoice: Hashable, Sendable {
    /// Who plans the charges of invoices; a part of what the chain knows them by, so it never
    /// changes.
    public static let service = "billing"

    public let id: InvoiceID
    public let customer: CustomerID
    public let reason: InvoiceReason
    /// Of the prices in force when it was closed; each line names its own.
    public let priceVersion: Int64
    public let lines: [InvoiceLine]
    public let total: MicroUSDC
    public let closedAt: Timestamp

    /// Adds lines and credits up and closes.
    ///
    /// - Throws: ``InvoiceError`` without lines, for a total that is negative or does not fit.
    init(
        _ lines: [InvoiceLine], credits: [Credit] = [], to customer: CustomerID,
        because reason: InvoiceReason, priceVersion: Int64, _ surroundings: Surroundings
    ) throws(InvoiceError) {
        let now = surroundings.now()
        var invoice = Invoice(
            id: InvoiceID(from: surroundings), customer: customer, openedAt: now)
        try invoice.add(lines)
        try invoice.apply(credits)
        if try invoice.handle(.close(at: now)) == .settleWithoutCharge {
            _ = try invoice.handle(.nothingOwed)
        }
        id = invoice.id
        self.customer = customer
        self.reason = reason
        self.priceVersion = priceVersion
        self.lines = invoice.lines
        total = invoice.total
        closedAt = now
    }

    /// Nothing is owed: it is paid as it is made.
    var isPaid: Bool { total == .zero }

    var mark: [UInt8] { InvoiceCharge.mark(of: id.uuid, service: Self.service) }

    /// What it is charged as.
    var charge: InvoiceCharge {
        InvoiceCharge(
            invoice: id.uuid, customer: customer, amount: total,
            description: Self.description(of: id))
    }

    static func description(of id: InvoiceID) -> String { "invoice \(id)" }
}
