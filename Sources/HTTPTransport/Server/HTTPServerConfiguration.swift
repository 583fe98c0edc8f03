/// How a server listens and how much it gives to a single client.
public struct HTTPServerConfiguration: Sendable {
    public var address: IPAddress
    /// 0 takes any free port; ``HTTPServer/port`` tells which.
    public var port: UInt16
    /// Threads that read, parse and answer; one per core is enough.
    public var threads: Int
    /// Connections beyond it are answered with 503 at once instead of being left to hang.
    public var connectionLimit = 8192
    /// Bytes for a connection's head, read buffer and reply head. Where they run out, the parser
    /// refuses with 431 or 414 in words of its own (`Docs/Decisions/0001-libmicrohttpd.md`).
    ///
    /// All of it is touched after each request and kept as long as the connection is open, however
    /// it was allocated. Measured with 2,000 idle connections of one request each, beyond the 15 MB
    /// of the process: 33 MB with 16 KiB, 49 MB with 24 KiB, 64 MB with 32 KiB, 72 MB with 32 KiB
    /// and a byte (from where on it is mapped); the time a request takes differs by less than the
    /// noise. With 24 KiB a whole gateway stays at 72 MB, and our own words answer a head of 22 KB.
    public var memoryPerConnection = 24 << 10
    /// From accepting (or the first byte of a further request) to the end of the head.
    public var headMilliseconds: Int64 = 10_000
    /// From the end of the head to the end of the body.
    public var bodyMilliseconds: Int64 = 30_000
    /// From handing over an answer to having sent its last byte.
    public var sendMilliseconds: Int64 = 60_000
    /// Between two requests on one connection. Whole seconds in effect.
    public var idleMilliseconds: Int64 = 75_000
    /// Connections that the kernel keeps until they are accepted.
    public var backlog: Int32 = 4096
    public var requestGuard = RequestGuard()

    public init(address: IPAddress = .loopback, port: UInt16 = 0, threads: Int = 2) {
        self.address = address
        self.port = port
        self.threads = threads
    }
}
