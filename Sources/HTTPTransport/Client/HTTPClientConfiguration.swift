/// Bounds on what a client waits for and takes in.
public struct HTTPClientConfiguration: Sendable {
    /// Until the connection stands, TLS included.
    public var connectTimeoutMilliseconds: Int64 = 2000
    /// Until the last byte of the answer.
    public var timeoutMilliseconds: Int64 = 5000
    /// Bytes of an answer's body.
    public var answerLimit = 1 << 20
    /// Connections open at once; further requests wait within their own time limits.
    public var connectionLimit = 32
    /// Sent where a request has none of its own.
    public var userAgent = "sluice"
    /// A PEM file of the authorities to trust instead of the system's.
    public var certificateAuthorityFile: String?

    public init() {}
}
