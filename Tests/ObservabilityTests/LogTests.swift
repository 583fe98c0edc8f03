import Determinism
import Glibc
import Observability
import Testing

@Suite struct LogTests {
    @Test("a line is one JSON object, whatever text is in it")
    func line() {
        let record = LogRecord(
            time: Timestamp(milliseconds: 0), level: .warning, message: "a \"quoted\"\nline\u{1}",
            fields: [("count", 3), ("isLate", true), ("name", "back\\slash")])
        var line: [UInt8] = []
        record.appendLine(to: &line)

        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"a \"quoted\""#
                + #"\u000aline\u0001","count":3,"isLate":true,"name":"back\\slash"}"# + "\n")
    }

    @Test("lines below the level are not written, context is on every line, and order is kept")
    func levels() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writer = LogWriter(descriptor: ends[1])
        let logger = Logger(writer: writer, level: .warning, now: { Timestamp(milliseconds: 0) })
            .with(("requestId", "r1"))

        logger.info("not this")
        logger.warning("first")
        logger.error("second")
        writer.close()

        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(ends[0], &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        let messages = text.split(separator: "\n").map { $0.contains("\"requestId\":\"r1\"") }
        #expect(messages == [true, true])
        #expect(text.contains("first") && text.contains("second") && !text.contains("not this"))
    }

    @Test(
        "a trace is named only when the field is well-formed",
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", true),
            ("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", false),
            ("00-\"0af7651916cd43dd8448eb211c8031-b7ad6b7169203331-01", false), ("", false),
            (nil, false),
        ] as [(String?, Bool)])
    func trace(field: String?, isNamed: Bool) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let writer = LogWriter(descriptor: ends[1])
        Logger(writer: writer).with(traceparent: field).info("a")
        writer.close()
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(ends[0], &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)

        #expect(text.contains(#","traceId":"0af7651916cd43dd8448eb211c80319c"}"#) == isNamed)
        #expect(text.contains("traceId") == isNamed)
    }
}
