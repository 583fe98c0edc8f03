/// Who is calling, as far as the connection tells: for the audit trail and for the list of
/// sessions that a customer sees.
public struct CallerContext: Sendable {
    /// The client's address in text, after trusted proxies were taken off.
    public var ip: String?
    /// What counts as one client where challenges are limited: the address, or the /64 of an
    /// IPv6 address, which one customer has whole.
    public var network: String?
    /// At most 256 code points are kept; it is the client's own word.
    public var userAgent: String?
    public var requestID: String
    /// W3C Trace Context of the request, passed on to a node that is asked because of it.
    public var traceParent: String?

    public init(
        ip: String?, network: String?, userAgent: String?, requestID: String,
        traceParent: String? = nil
    ) {
        self.traceParent = traceParent
        self.ip = ip
        self.network = network
        self.userAgent = userAgent.map {
            String(String.UnicodeScalarView($0.unicodeScalars.prefix(256)))
        }
        self.requestID = requestID
    }
}
