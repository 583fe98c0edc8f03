public import Identifiers
public import SuiProtocol

/// The customer on whose behalf something is done, as a token told.
public struct WalletOwner: Hashable, Sendable {
    public let customer: CustomerID
    public let address: SuiAddress
    public let origin: Origin

    public init(customer: CustomerID, address: SuiAddress, origin: Origin = Origin()) {
        self.customer = customer
        self.address = address
        self.origin = origin
    }

    /// The request that it is done for, for the audit trail and for nodes that are asked.
    public struct Origin: Hashable, Sendable {
        public var session: SessionID?
        public var ip: String?
        public var userAgent: String?
        public var requestID: String?
        /// W3C Trace Context.
        public var traceparent: String?

        public init(
            session: SessionID? = nil, ip: String? = nil, userAgent: String? = nil,
            requestID: String? = nil, traceparent: String? = nil
        ) {
            self.session = session
            self.ip = ip
            self.userAgent = userAgent
            self.requestID = requestID
            self.traceparent = traceparent
        }
    }

    var traceparent: String? { origin.traceparent }
}
