import HTTPTransport
import Observability
import Testing

@Suite struct HTTPServerTests {
    @Test("a request comes to the responder as it was sent", .timeLimit(.minutes(1)))
    func asSent() async throws {
        let server = try TestServer()
        try await blocking {
            let connection = try server.connect()
            connection.send(
                "DELETE /a%2Fb?c=%20&d HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nx-a:  b \r\n\r\n")
            let answer = try #require(try connection.answer())
            #expect(answer.status == 200)
            #expect(answer.body == "/a%2Fb 0")
            let request = try #require(server.responder.requests.first)
            #expect(request.method == "DELETE")
            #expect(request.target == "/a%2Fb?c=%20&d")
            #expect(request.query == "c=%20&d")
            #expect(request.headers["X-A"] == "b")
            #expect(request.headers["x-empty"] == "")
            #expect(request.peerAddress == .loopback)
        }
    }

    @Test(
        "bodies arrive whole, of a length and in chunks",
        .timeLimit(.minutes(1)), arguments: ["/now", "/later"])
    func bodies(path: String) async throws {
        let server = try TestServer()
        server.responder.gate.open()
        try await blocking {
            let connection = try server.connect()
            let body = String(repeating: "b", count: 65_536)
            connection.send(
                "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n\(body)")
            #expect(try connection.answer()?.body == "\(path) 65536")
            connection.send(
                "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n8000\r\n\(body.prefix(32_768))\r\n0\r\n\r\n")
            #expect(try connection.answer()?.body == "\(path) 32771")
        }
    }

    @Test("HEAD is answered like GET, without the body", .timeLimit(.minutes(1)))
    func head() async throws {
        let server = try TestServer()
        server.responder.gate.open()
        try await blocking {
            let connection = try server.connect()
            for path in ["/a", "/later"] {
                connection.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = try #require(try connection.answer(toHead: true))
                #expect(answer.head.contains("Content-Length: \("\(path) 0".utf8.count)\r\n"))
                #expect(answer.head.contains("X-Method: HEAD\r\n"))
            }
            connection.get("/b")
            #expect(try connection.answer()?.body == "/b 0")  // Nothing was in between.
        }
    }

    @Test("a connection serves many requests, and again after a refused one")
    func keepAlive() async throws {
        let server = try TestServer()
        server.responder.gate.open()
        try await blocking {
            let connection = try server.connect()
            for number in 0..<100 {
                connection.get(number % 2 == 0 ? "/a" : "/later")
                let answer = try #require(try connection.answer())
                #expect(answer.status == 200 && !answer.endsConnection)
            }
            connection.get("/closed")
            #expect(try connection.answer()?.status == 403)
            connection.get("/last", headers: "Connection: close\r\n")
            let last = try #require(try connection.answer())
            #expect(last.body == "/last 0" && last.endsConnection)
            #expect(try connection.isClosed())
        }
    }

    @Test("requests sent together are answered in order", .timeLimit(.minutes(1)))
    func pipelining() async throws {
        let server = try TestServer()
        server.responder.gate.open()
        try await blocking {
            let connection = try server.connect()
            let paths = ["/a", "/later", "/b", "/later", "/c"]
            let requests = paths.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }
            connection.send(requests.joined())
            for path in paths { #expect(try connection.answer()?.body == "\(path) 0") }
        }
    }

    @Test(
        "who has finished sending still gets the answer",
        .timeLimit(.minutes(1)), arguments: ["/now", "/later"])
    func halfClosed(path: String) async throws {
        let server = try TestServer { $0.headMilliseconds = 800 }
        try await blocking {
            for count in 1...20 {
                let connection = try server.connect()
                connection.send("GET \(path) HTTP/1.1\r\nHost: x\r\n")
                connection.sendLast("\r\n")
                if path == "/later", count == 1 {
                    try wait(until: "the request rests") { server.responder.gate.arrived == 1 }
                    server.responder.gate.open()
                }
                #expect(try connection.answer()?.body == "\(path) 0")
                #expect(try connection.isClosed())
            }
        }
    }

    @Test("clients gone while their answer is made do no harm", .timeLimit(.minutes(1)))
    func clientGone() async throws {
        let server = try TestServer()
        try await blocking {
            for count in 1...20 {
                let connection = try server.connect()
                connection.get("/later")
                try wait(until: "the request rests") { server.responder.gate.arrived == count }
            }
            server.responder.gate.open()
            let connection = try server.connect()
            connection.get("/later")
            #expect(try connection.answer()?.status == 200)
            try wait(until: "the others are cleaned up") {
                server.shows("sluice_http_connections 1\n")
            }
        }
    }

    @Test("a port can be taken again at once, though not twice", .timeLimit(.minutes(1)))
    func portReuse() async throws {
        let first = try TestServer()
        try await blocking {
            let connection = try first.connect()
            connection.get("/a", headers: "Connection: close\r\n")
            #expect(try connection.answer()?.status == 200)
            #expect(throws: HTTPServerError.self) { _ = try TestServer { $0.port = first.port } }
            first.server.stop(drainMilliseconds: 100)
            #expect(first.server.port == 0)
            let second = try TestServer { $0.port = first.port }
            let again = try second.connect()
            again.get("/b")
            #expect(try again.answer()?.body == "/b 0")
        }
    }

    @Test("a server runs once")
    func once() async throws {
        let server = try TestServer()
        #expect(throws: HTTPServerError.alreadyStarted) { try server.server.start() }
        try await blocking { server.server.stop(drainMilliseconds: 0) }
        #expect(throws: HTTPServerError.alreadyStarted) { try server.server.start() }
    }

    @Test("one thread serves as well", .timeLimit(.minutes(1)))
    func oneThread() async throws {
        let server = try TestServer { $0.threads = 1 }
        server.responder.gate.open()
        try await blocking {
            let connection = try server.connect()
            connection.get("/later")
            #expect(try connection.answer()?.status == 200)
        }
    }

    @Test("a header that would break the answer's head is left out", .timeLimit(.minutes(1)))
    func responseSplitting() async throws {
        struct Splitting: HTTPResponder {
            func admit(_ head: HTTPRequest) -> HTTPAdmission { .accept(bodyLimit: 0) }
            func respond(to request: HTTPRequest) -> HTTPReply {
                .now(
                    HTTPResponse(
                        status: 200, headers: [("X-A", "a\r\nSet-Cookie: b"), ("X-B", "c")]))
            }
            func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
                HTTPResponse(status: reason.status)
            }
        }
        let server = HTTPServer(
            HTTPServerConfiguration(), responder: Splitting(), logger: .disabled,
            metrics: MetricsRegistry())
        try server.start()
        try await blocking {
            let connection = try RawConnection(port: server.port)
            connection.get("/")
            let head = try #require(try connection.answer()).head
            #expect(!head.contains("Set-Cookie") && head.contains("X-B: c\r\n"))
            server.stop(drainMilliseconds: 0)
        }
    }
}
