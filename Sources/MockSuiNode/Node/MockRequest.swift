/// A request as it came over HTTP.
public struct MockRequest: Sendable {
    public let method: String
    public let path: String
    public let body: [UInt8]

    public init(method: String = "POST", path: String, body: [UInt8]) {
        self.method = method
        self.path = path
        self.body = body
    }
}
