/// A request as it was sent: nothing is decoded, joined or normalised.
public struct HTTPRequest: Sendable {
    /// As sent, usually upper case; any token is possible.
    public var method: String
    /// The request target as sent, always beginning with `/`.
    public var target: String
    /// The target up to its first `?`, still percent-encoded.
    public var path: String
    /// What follows the first `?`, still percent-encoded; nil without one.
    public var query: String?
    public var headers: HTTPHeaders
    public var body: [UInt8]
    /// Who opened the connection, which behind a proxy is the proxy; nil only in tests.
    public var peerAddress: IPAddress?

    public init(
        method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
        peerAddress: IPAddress? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peerAddress = peerAddress
        if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(target[..<mark])
            query = String(target[target.utf8.index(after: mark)...])
        } else {
            path = target
        }
    }
}
