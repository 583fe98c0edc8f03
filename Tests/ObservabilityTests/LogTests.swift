import Determinism
import Glibc
import Observability
import Testing

@Suite struct LogTests {
    /// What `write` logs, at a moment that never changes.
    private func logged(
        _ level: LogLevel = .info, _ write: (Logger) throws -> Void
    ) throws -> String {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let writer = LogWriter(descriptor: ends[1])
        try write(Logger(writer: writer, level: level, now: { Timestamp(milliseconds: 0) }))
        writer.close()
        var flags = fcntl(ends[0], F_GETFL)
        flags |= O_NONBLOCK
        _ = fcntl(ends[0], F_SETFL, flags)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(ends[0], &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("a line is one JSON object, whatever text is in it")
    func line() throws {
        let text = try logged {
            $0.warning(
                "a \"quoted\"\nline\u{1}", ("count", 3), ("isLate", true),
                ("name", "back\\slash é\u{7F}"), ("least", .number(.min)))
        }

        #expect(
            text == #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"#
                + #""a \"quoted\"\u000aline\u0001","count":3,"isLate":true,"#
                + #""name":"back\\slash é\u007f","least":-9223372036854775808}"# + "\n")
    }

    @Test("a line written field by field is the same line")
    func straight() throws {
        let spelled = try logged {
            $0.with(("customerId", 42)).info("request", ("ip", "::1\n"), ("status", 200))
        }
        let straight = try logged {
            $0.with(("customerId", 42)).write(.info, "request") { line in
                line.add("ip", "::1\n")
                line.add("status", 200)
            }
        }

        #expect(straight == spelled)
    }

    @Test("lines below the level are not written, context is on every line, and order is kept")
    func levels() throws {
        let text = try logged(.warning) {
            let logger = $0.with(("requestId", "r1"))
            logger.info("not this")
            logger.write(.info, "nor this") { _ in Issue.record("nobody asked for the fields") }
            logger.warning("first")
            logger.error("second")
        }
        let lines = text.split(separator: "\n")

        try #require(lines.count == 2)
        #expect(lines[0].contains("first") && lines[1].contains("second"))
        #expect(lines.allSatisfy { $0.contains("\"requestId\":\"r1\"") })
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
        let text = try logged { $0.with(traceparent: field).info("a") }

        #expect(text.contains(#","traceId":"0af7651916cd43dd8448eb211c80319c"}"#) == isNamed)
        #expect(text.contains("traceId") == isNamed)
    }
}
