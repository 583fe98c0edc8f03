import Glibc
import Observability
import Testing

/// A logger whose lines a test reads back.
struct LogPipe {
    let logger: Logger
    private let writer: LogWriter
    private let end: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        end = ends[0]
        writer = LogWriter(descriptor: ends[1])
        logger = Logger(writer: writer, level: .debug)
    }

    /// What was written so far; at most what a pipe holds.
    func lines() -> [String] {
        writer.close()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(end, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}
