public import Identifiers
public import SuiProtocol

/// The customer on whose behalf something is done, as a token told.
public struct WalletOwner: Hashable, Sendable {
    public let customer: CustomerID
    public let address: SuiAddress
    /// W3C Trace Context, for nodes that are asked.
    public let traceparent: String?

    public init(customer: CustomerID, address: SuiAddress, traceparent: String? = nil) {
        self.customer = customer
        self.address = address
        self.traceparent = traceparent
    }
}
