import HTTPTransport
import Testing

/// What the parser refuses by itself, before it asks anybody: in words of its own, or in none.
@Suite(.timeLimit(.minutes(1))) struct HTTPServerParserTests {
    private static let chunked = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let filler = String(repeating: "a", count: 30_000)

    @Test(
        "what the parser cannot read or hold has the right status, ends the connection, is counted",
        arguments: [
            ("GET /a\r\n\r\n", 400),
            ("GET /a HTTP\r\n\r\n", 400),
            ("GET /a http/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /a HTTP/1.1\r\nHost x\r\n\r\n", 400),
            ("GET /a HTTP/0.9\r\nHost: x\r\n\r\n", 505),
            ("GET /a HTTP/2.0\r\nHost: x\r\n\r\n", 505),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            ("GET /\(filler) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ("GET /a HTTP/1.1\r\nHost: x\r\nX-A: \(filler)\r\n\r\n", 431),
            (
                "GET /a HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X-A: a\r\n", count: 1000)
                    + "\r\n", 431
            ),
            (chunked + "g\r\n0\r\n\r\n", 400),
            (chunked + "-1\r\na\r\n0\r\n\r\n", 400),
            (chunked + "\r\n\r\n0\r\n\r\n", 400),
            (chunked + "1\r\nab\r\n0\r\n\r\n", 400),
            (chunked + "ffffffffffffffffff\r\n0\r\n\r\n", 413),
            (
                chunked + "0\r\n" + String(repeating: "X-A: \(filler.prefix(90))\r\n", count: 400)
                    + "\r\n", 431
            ),
        ])
    func ownAnswer(request: String, status: Int) async throws {
        let server = try TestServer()
        try await blocking {
            for isFirst in [true, false] {
                let connection = try server.connect()
                if !isFirst {
                    connection.get("/before")
                    #expect(try connection.answer()?.status == 200)
                }
                connection.send(request + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = try #require(try connection.answer())
                #expect(answer.status == status)
                #expect(answer.endsConnection)
                #expect(try connection.isClosed())
                try Self.expectNothingLeft(on: server, afterServing: isFirst ? 1 : 3)
            }
            #expect(server.shows(#"refusals_total{reason="parser"} 2"#))
        }
    }

    @Test(
        "a first line that is none ends the connection without a word",
        arguments: ["\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "\u{0}\r\n\r\n"])
    func silentEnd(bytes: String) async throws {
        // The one with the NUL counts as an empty line, after which a head may still come.
        let server = try TestServer { $0.headMilliseconds = 500 }
        try await blocking {
            let connection = try server.connect()
            connection.send(bytes)
            #expect(try connection.isClosed())
            try Self.expectNothingLeft(on: server, afterServing: 1)
        }
    }

    @Test("every head that HAProxy lets through by default is refused in our words")
    func throughProxy() async throws {
        let server = try TestServer()
        // tune.bufsize less tune.maxrewrite, and tune.http.maxhdr, as of HAProxy 2.6.
        let bytes = 16_384 - 1024
        let field = "X-A: " + String(repeating: "a", count: bytes / 101 - 8) + "\r\n"
        let fields = String(repeating: field, count: 100)
        let requests = [
            "GET /a HTTP/1.1\r\nHost: x\r\n\(fields)\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nX-A: \(Self.filler.prefix(bytes - 40))\r\n\r\n",
            "GET /\(Self.filler.prefix(bytes - 40)) HTTP/1.1\r\nHost: x\r\n\r\n",
        ]
        try await blocking {
            for (request, reason) in zip(
                requests, ["headers_too_large", "headers_too_large", "target_too_long"])
            {
                #expect((bytes - 400...bytes).contains(request.utf8.count))
                let connection = try server.connect()
                connection.send(request)
                #expect(try connection.answer()?.body == reason)
            }
        }
    }

    /// - Parameter count: requests that have reached a route once one more is served.
    private static func expectNothingLeft(
        on server: TestServer, afterServing count: Int
    ) throws {
        let next = try server.connect()
        next.get("/a", headers: "Connection: close\r\n")
        #expect(try next.answer()?.status == 200)
        #expect(server.responder.requests.count == count)
        try wait(until: "no connection and no request is left") {
            server.shows("sluice_http_connections 0\n")
                && server.shows("sluice_http_requests_in_flight 0\n")
        }
    }
}
