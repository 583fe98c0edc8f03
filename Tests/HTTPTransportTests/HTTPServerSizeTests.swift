import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerSizeTests {
    private static let start = "POST /a HTTP/1.1\r\nHost: x\r\n"

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

    @Test("a head too big is refused, whatever makes it big", arguments: [9000, 20_480])
    func bigHead(count: Int) async throws {
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
                #expect(answer.body == reason)
                #expect(try connection.isClosed())
            }
            #expect(server.responder.requests.isEmpty)
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
}
