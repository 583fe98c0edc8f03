/// A request to another server.
public struct HTTPClientRequest: Sendable {
    public var method: String
    /// Absolute, `http` or `https`.
    public var url: String
    /// `Host`, `Content-Length` and `Accept` (`*/*`) are added where missing.
    public var headers: [(String, String)]
    public var body: [UInt8]
    /// From now to the last byte of the answer, connecting included. nil takes the client's.
    public var timeoutMilliseconds: Int64?
    /// Bytes of the answer's body. nil takes the client's.
    public var answerLimit: Int?

    public init(
        method: String = "GET", url: String, headers: [(String, String)] = [],
        body: [UInt8] = [], timeoutMilliseconds: Int64? = nil, answerLimit: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.answerLimit = answerLimit
    }
}

/// What another server answered, whatever its status; redirects are not followed.
public struct HTTPClientResponse: Sendable {
    public let status: Int
    public let headers: HTTPHeaders
    public let body: [UInt8]
}
