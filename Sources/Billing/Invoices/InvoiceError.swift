public import Identifiers

/// Why an invoice stays as it is.
public enum InvoiceError: Error, Hashable, Sendable {
    case notOpen(Invoice.State)
    /// It has no lines.
    case empty
    case negativeTotal(MicroUSDC)
    case stillOwed(MicroUSDC)
    case nothingOwed
    /// Until it has an outcome nothing else may happen.
    case chargeInFlight(ChargeID)
    /// Money was taken a second time, or for what was never to be charged: a break to look into.
    case paidTwice(ChargeID?, ChargeID)
    case illegal(from: Invoice.State, on: Invoice.Event)
    /// A total above 2⁶³ − 1 micro-USDC.
    case tooLarge
}
