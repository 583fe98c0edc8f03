import Glibc
public import Observability

/// A logger whose lines can be read afterwards.
public final class CapturedLog: Sendable {
    public let logger: Logger
    private let writer: LogWriter
    private let end: Int32

    public init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else {
            throw TestFailure("no pipe")
        }
        end = ends[0]
        writer = LogWriter(descriptor: ends[1])
        logger = Logger(writer: writer)
    }

    deinit {
        writer.close()
        close(end)
    }

    /// What was written since the last call.
    public func lines() -> [String] {
        writer.flush()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(end, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}
