/// An answer. The transport adds `Date`, `Content-Length` and, where it ends the connection,
/// `Connection: close`; those three are not for the responder to set.
public struct HTTPResponse: Sendable {
    /// 200…999.
    public var status: Int
    /// A name or value with a line break in it is left out and logged.
    public var headers: HTTPFields
    /// Not sent in answer to `HEAD`, nor with 204 and 304.
    public var body: HTTPBody

    public init(status: Int, headers: HTTPFields = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = HTTPBody(body)
    }
}

/// What an answer carries after its head.
public struct HTTPBody: Sendable, ExpressibleByArrayLiteral {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public init(arrayLiteral elements: UInt8...) {
        bytes = elements
    }

    public var count: Int { bytes.count }
}
