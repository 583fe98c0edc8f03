import Determinism
import Glibc
import HTTPTransport
import Observability
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerAbuseTests {
    private static let start = "POST /a HTTP/1.1\r\nHost: x\r\n"

    @Test(
        "an ambiguous head is refused, its connection closed, and no route sees it",
        arguments: [
            (start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "framing_ambiguous"),
            (
                start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                "framing_ambiguous"
            ),
            (start + "Transfer-Encoding: gzip\r\n\r\n", 501, "transfer_encoding_unsupported"),
            (start + "Transfer-Encoding: chunked, x\r\n\r\n", 501, "transfer_encoding_unsupported"),
            (start + "Content-Length : 5\r\n\r\nhello", 400, "head_malformed"),
            ("GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target_invalid"),
            ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target_invalid"),
            ("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target_invalid"),
            ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "target_invalid"),
            ("GET /a HTTP/1.1\r\n\r\n", 400, "host_missing"),
            ("GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "header_duplicated"),
            (start + "Authorization: a\r\nauthorization: a\r\n\r\n", 400, "header_duplicated"),
            (start + "Cookie: a=1\r\nCookie: b=1\r\n\r\n", 400, "header_duplicated"),
            (
                start + "X-Challenge-Token: a\r\nX-Challenge-Token: a\r\n\r\n", 400,
                "header_duplicated"
            ),
            (start + "X-A: a\u{1}b\r\n\r\n", 400, "header_value_invalid"),
            (start + "X-A: a\rb\r\n\r\n", 400, "header_value_invalid"),
            (start + "Expect: tea\r\n\r\n", 417, "expectation_unsupported"),
            ("GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "head_malformed"),
            ("GET /a HTTP/1.1\nHost: x\r\n\r\n", 400, "head_malformed"),
            ("GET /a HTTP/1.1\r\nHost: x\n\r\n", 400, "head_malformed"),
            ("GET /a HTTP/1.1\r\nHost: x\r\n\n", 400, "head_malformed"),
            (start + "X-A: b\r\n c\r\n\r\n", 400, "head_malformed"),
            (start + "X-A: long enough\r\n\tc\r\n\r\n", 400, "head_malformed"),
            (start + "Content-Length: 5\r\n 0\r\n\r\nhello", 400, "head_malformed"),
            (start + "Transfer-Encoding: chunked\r\n x\r\n\r\n0\r\n\r\n", 400, "head_malformed"),
            (start + "X-A: a\u{0}b\r\n\r\n", 400, "head_malformed"),
            ("GET /a\u{0}b HTTP/1.1\r\nHost: x\r\n\r\n", 400, "head_malformed"),
        ])
    func refused(request: String, status: Int, reason: String) async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(request + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try #require(try connection.answer())
            #expect(answer.status == status)
            #expect(answer.body == reason)
            #expect(answer.endsConnection)
            #expect(try connection.isClosed())
            #expect(server.responder.requests.isEmpty)
        }
    }

    @Test(
        "what is not HTTP ends the connection and nothing else",
        arguments: [
            "\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET /a\r\n\r\n", "\u{0}\r\n\r\n",
            "GET /a HTTP/2.0\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\nHost x\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ])
    func garbage(bytes: String) async throws {
        let server = try TestServer { $0.headMilliseconds = 500 }
        try await blocking {
            let connection = try server.connect()
            connection.send(bytes)
            if let answer = try connection.answer() { #expect(400...599 ~= answer.status) }
            #expect(try connection.isClosed())
            let next = try server.connect()
            next.get("/a")
            #expect(try next.answer()?.status == 200)
            #expect(server.responder.requests.count == 1)
        }
    }

    @Test(
        "a body over the limit is refused before it is sent",
        arguments: ["", "Expect: 100-continue\r\n"])
    func lengthOverLimit(field: String) async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(Self.start + "Content-Length: 65537\r\n\(field)\r\n")
            let answer = try #require(try connection.answer())
            #expect(answer.status == 413)
            #expect(answer.body == "body_too_large")
            #expect(answer.endsConnection)
            #expect(try connection.isClosed())
        }
    }

    @Test("a body within the limit is asked for when the client waits for that")
    func continued() async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(Self.start + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try connection.answer()?.status == 100)
            connection.send("ab")
            #expect(try connection.answer()?.body == "/a 2")
        }
    }

    @Test("chunks over the limit are refused once they have ended", arguments: [65_537, 500_000])
    func chunksOverLimit(count: Int) async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(
                Self.start + "Transfer-Encoding: chunked\r\n\r\n\(String(count, radix: 16))\r\n"
                    + String(repeating: "a", count: count) + "\r\n0\r\n\r\n")
            let answer = try #require(try connection.answer())
            #expect(answer.status == 413)
            #expect(answer.endsConnection)
            #expect(server.responder.requests.isEmpty)
        }
    }

    @Test("chunks without end are cut off")
    func endlessChunks() async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(Self.start + "Transfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n"
            var sent = 0
            while !connection.isClosedAlready {
                try #require(sent < 1000)
                connection.send(chunk)
                sent += 1
            }
        }
    }

    @Test(
        "malformed chunks end the connection and reach no route",
        arguments: ["g\r\n", "-1\r\na\r\n", "\r\n\r\n", "ffffffffffffffffff\r\n", "1\r\nab\r\n"])
    func malformedChunks(body: String) async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(Self.start + "Transfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n")
            if let answer = try connection.answer() { #expect(400...499 ~= answer.status) }
            #expect(try connection.isClosed())
            #expect(server.responder.requests.isEmpty)
        }
    }

    @Test(
        "a head too big is refused, whatever makes it big, and in our words as far as it is read",
        arguments: [
            (9000, true), (20_480, true), (30_000, false), (200_000, false),
        ])
    func bigHead(count: Int, isOurs: Bool) async throws {
        let server = try TestServer()
        let filler = String(repeating: "a", count: count)
        try await blocking {
            for (request, status, reason) in [
                (
                    "GET /a HTTP/1.1\r\nHost: x\r\nX-A: \(filler)\r\n\r\n", 431,
                    "headers_too_large"
                ),
                ("GET /\(filler) HTTP/1.1\r\nHost: x\r\n\r\n", 414, "target_too_long"),
            ] {
                let connection = try server.connect()
                connection.send(request)
                let answer = try #require(try connection.answer())
                #expect(answer.status == status)
                #expect((answer.body == reason) == isOurs)
                #expect(try connection.isClosed())
            }
            #expect(server.responder.requests.isEmpty)
            if isOurs { return }
            try wait(until: "the parser's own answer is counted") {
                server.shows(#"refusals_total{reason="parser"} 1"#)
            }
        }
    }

    @Test(
        "a cookie too big is told so",
        arguments: [
            (8200, true), (12_000, true), (16_000, true), (20_000, true), (30_000, false),
        ])
    func bigCookie(count: Int, isOurs: Bool) async throws {
        let server = try TestServer()
        let cookies = [
            "a=" + String(repeating: "b", count: count),
            Array(repeating: "a=1", count: count / 5).joined(separator: "; "),
        ]
        try await blocking {
            for cookie in cookies {
                for method in ["GET", "POST"] {
                    let connection = try server.connect()
                    connection.send(
                        "\(method) /a HTTP/1.1\r\nHost: x\r\nCookie: \(cookie)\r\n"
                            + "Content-Length: \(method == "GET" ? 0 : 2)\r\n\r\n")
                    let answer = try #require(try connection.answer())
                    #expect(answer.status == 431)
                    #expect((answer.body == "headers_too_large") == isOurs)
                    #expect(try connection.isClosed())
                }
            }
            #expect(server.responder.requests.isEmpty)
        }
    }

    @Test("a cookie of many small pairs reaches its route whole")
    func manyCookies() async throws {
        let server = try TestServer()
        let cookie = Array(repeating: "a=1", count: 1600).joined(separator: "; ")
        try await blocking {
            let connection = try server.connect()
            for _ in 0..<2 {
                connection.get("/a", headers: "Cookie: \(cookie)\r\n")
                #expect(try connection.answer()?.status == 200)
            }
            #expect(
                server.responder.requests.map { $0.headers.all("Cookie") } == [[cookie], [cookie]])
            connection.get("/a")
            #expect(try connection.answer()?.status == 200)
            #expect(server.responder.requests.last?.headers.contains("Cookie") == false)
        }
    }

    @Test(
        "a query of very many parameters is refused at once",
        arguments: [(64, 1), (65, 1), (128, 1), (1000, 1), (4000, 3), (60, 190), (20, 1000)])
    func manyParameters(count: Int, length: Int) async throws {
        let server = try TestServer()
        let parameters = repeatElement(String(repeating: "a", count: length), count: count)
        let target = "/a?" + parameters.joined(separator: "&")
        try await blocking {
            let connection = try server.connect()
            connection.send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try #require(try connection.answer())
            let isFine = count <= 64 && target.utf8.count <= 4096
            #expect(answer.status == (isFine ? 200 : 414))
            if isFine { return }
            #expect(answer.endsConnection)
            #expect(try connection.isClosed())
            #expect(server.responder.requests.isEmpty)
            let next = try server.connect()
            next.get("/a")
            #expect(try next.answer()?.status == 200)
            try wait(until: "nothing is in flight") {
                server.shows("sluice_http_requests_in_flight 0\n")
            }
        }
    }

    @Test(
        "a refusal is told which request it is about",
        arguments: [
            ("Content-Length: 65537\r\n\r\n", TransportRefusal.bodyTooLarge(limit: 65_536)),
            ("Cookie: a\r\nCookie: b\r\n\r\n", .headerDuplicated(.cookie)),
            ("X-A: b\r\n c\r\n\r\n", .headMalformed),
        ])
    func refusedHeads(rest: String, reason: TransportRefusal) async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(Self.start + "X-Request-Id: mine\r\n" + rest)
            #expect(try connection.answer()?.status == reason.status)
            let head = try #require(server.responder.refusedHeads.first)
            #expect(head.method == "POST" && head.path == "/a")
            #expect(head.headers["X-Request-Id"] == "mine")
            #expect(head.peerAddress == .loopback)
        }
    }

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
                try #require(begun.elapsedNanoseconds < 5_000_000_000)
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
