import Determinism
import Glibc
import HTTPTransport
import Observability
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerSlownessTests {
    private static let start = "POST /a HTTP/1.1\r\nHost: x\r\n"

    @Test(
        "what drips is closed in time, at each stage of a request",
        arguments: [
            "", "GET /a HTTP/1.1\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: ", "again", "body",
        ])
    func drip(stage: String) async throws {
        let server = try TestServer {
            $0.headMilliseconds = 300
            $0.bodyMilliseconds = 300
        }
        try await blocking {
            let connection = try server.connect()
            if stage == "again" {
                connection.get("/a")
                #expect(try connection.answer()?.status == 200)
            } else if stage == "body" {
                connection.send(Self.start + "Content-Length: 60000\r\n\r\n")
            } else {
                connection.send(stage)
            }
            let begun = Deadline.now
            while !connection.isClosedAlready {
                try #require(begun.elapsedNanoseconds < 9_000_000_000)
                connection.send("a")
                usleep(20_000)
            }
            #expect(begun.elapsedNanoseconds > 250_000_000)
            try wait(until: "it is counted") {
                server.shows("sluice_http_slow_connections_total")
            }
        }
    }

    @Test("silence is closed: before a head, within one, and between two")
    func silence() async throws {
        let server = try TestServer {
            $0.headMilliseconds = 200
            $0.idleMilliseconds = 400
        }
        try await blocking {
            let silent = try server.connect()
            let started = try server.connect()
            started.send("GET /")
            let idle = try server.connect()
            idle.get("/a")
            #expect(try idle.answer()?.status == 200)
            let begun = Deadline.now
            #expect(try silent.isClosed())
            #expect(try started.isClosed())
            #expect(try idle.isClosed())
            #expect(begun.elapsedNanoseconds > 350_000_000)
        }
    }

    @Test("a client that does not read its answer is closed")
    func slowReader() async throws {
        var configuration = HTTPServerConfiguration()
        configuration.sendMilliseconds = 200
        let metrics = MetricsRegistry()
        let server = HTTPServer(
            configuration, responder: BigAnswers(), logger: .disabled, metrics: metrics)
        try server.start()
        try await blocking {
            let connection = try RawConnection(port: server.port)
            connection.get("/")
            try wait(until: "the connection is closed") {
                metrics.text().contains(#"slow_connections_total{phase="sending"} 1"#)
            }
            server.stop(drainMilliseconds: 0)
        }
    }

    @Test("an answer that takes longer than any of these limits is still sent")
    func slowAnswer() async throws {
        let server = try TestServer {
            $0.headMilliseconds = 60
            $0.bodyMilliseconds = 60
            $0.idleMilliseconds = 60
            $0.sendMilliseconds = 60
        }
        try await blocking {
            let connection = try server.connect()
            connection.get("/later")
            try wait(until: "the request rests") { server.responder.gate.arrived == 1 }
            let other = try server.connect()
            #expect(try other.isClosed())  // So the limits have passed for the first one, too.
            server.responder.gate.open()
            #expect(try connection.answer()?.status == 200)
        }
    }

    @Test("hundreds that drip keep nobody from being served")
    func manyDrips() async throws {
        let server = try TestServer { $0.headMilliseconds = 500 }
        try await blocking {
            let slow = try (0..<500).map { _ in try server.connect() }
            for connection in slow { connection.send("G") }
            let begun = Deadline.now
            while slow.contains(where: { !$0.isClosedAlready }) {
                try #require(begun.elapsedNanoseconds < 20_000_000_000)
                for connection in slow { connection.send("E") }
                let good = try server.connect()
                good.get("/a")
                #expect(try good.answer()?.status == 200)
            }
        }
    }

    @Test("beyond the connection limit clients are told, and served once there is room")
    func connectionLimit() async throws {
        let server = try TestServer { $0.connectionLimit = 3 }
        try await blocking {
            var kept = try (0..<3).map { _ in try server.connect() }
            for connection in kept {
                connection.get("/a")
                #expect(try connection.answer()?.status == 200)
            }
            let refused = try server.connect()
            let answer = try #require(try refused.answer())
            #expect(answer.status == 503)
            #expect(answer.body == "connection_limit_reached")
            #expect(try refused.isClosed())
            kept.removeLast()
            try wait(until: "there is room again") {
                guard let connection = try? server.connect() else { return false }
                connection.get("/a")
                return (try? connection.answer())??.status == 200
            }
        }
    }
}

/// Answers with more than the kernel takes at once.
private struct BigAnswers: HTTPResponder {
    func admit(_ head: HTTPRequest) -> HTTPAdmission { .accept(bodyLimit: 0) }
    func respond(to request: HTTPRequest) -> HTTPReply {
        .now(HTTPResponse(status: 200, body: [UInt8](repeating: 0, count: 32 << 20)))
    }
    func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
        HTTPResponse(status: reason.status)
    }
}
