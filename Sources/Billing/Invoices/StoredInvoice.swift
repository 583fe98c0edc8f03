public import Determinism
public import Identifiers

/// An invoice as stored, without its lines.
public struct StoredInvoice: Hashable, Sendable {
    public let id: InvoiceID
    public let customer: CustomerID
    public let state: Invoice.State
    public let reason: InvoiceReason
    public let total: MicroUSDC
    public let priceVersion: Int64
    public let openedAt: Timestamp
    public let closedAt: Timestamp?
    /// When it was paid or voided.
    public let endedAt: Timestamp?
    /// The last charge that was planned for it, or the one that paid.
    public let charge: InvoicedCharge?
}

/// What became of an invoice's charge.
public struct InvoicedCharge: Hashable, Sendable {
    public let id: ChargeID
    /// `planned`, `signed`, `settled`, `declined` or `abandoned`.
    public let state: String
    /// Of the transaction that decided it, or that is under way, in Base58.
    public let digest: String?
    public let checkpoint: Int64?
}

/// A line as stored.
public struct StoredLine: Hashable, Sendable {
    /// Counted from zero.
    public let number: Int64
    public let line: InvoiceLine
}
