public import Storage

/// Why nothing can be told of use or invoices.
public enum BillingReadError: Error, Equatable, Sendable {
    /// No invoice of this customer has that id.
    case invoiceUnknown
    case storage(StorageError)
}
