public import Identifiers

/// The customer on whose behalf something is done, and the request that asked for it: what the
/// audit log tells.
public struct ActingCustomer: Hashable, Sendable {
    public let customer: CustomerID
    public var walletAddress: String?
    public var session: SessionID?
    public var ip: String?
    public var userAgent: String?
    public var requestID: String?

    public init(
        _ customer: CustomerID, walletAddress: String? = nil, session: SessionID? = nil,
        ip: String? = nil, userAgent: String? = nil, requestID: String? = nil
    ) {
        self.customer = customer
        self.walletAddress = walletAddress
        self.session = session
        self.ip = ip
        self.userAgent = userAgent
        self.requestID = requestID
    }
}
