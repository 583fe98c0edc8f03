public import Identifiers
import SuiProtocol

/// A charge that is to be planned for an invoice of our own.
public struct InvoiceCharge: Hashable, Sendable {
    public let invoice: UUIDv7
    public let customer: CustomerID
    /// Above zero.
    public let amount: MicroUSDC
    public let description: String?

    public init(
        invoice: UUIDv7, customer: CustomerID, amount: MicroUSDC, description: String? = nil
    ) {
        self.invoice = invoice
        self.customer = customer
        self.amount = amount
        self.description = description
    }

    /// What the chain knows the invoice by: the second half of every reference made for it.
    ///
    /// - Parameter service: who plans charges for it, always the same.
    public static func mark(of invoice: UUIDv7, service: String) -> [UInt8] {
        ChargeReference.mark(service: service, obligation: invoice.description)
    }
}
