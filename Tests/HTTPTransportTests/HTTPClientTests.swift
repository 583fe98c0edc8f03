import Determinism
import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
    private func client(
        _ change: (inout HTTPClientConfiguration) -> Void = { _ in }
    ) -> HTTPClient {
        var configuration = HTTPClientConfiguration()
        change(&configuration)
        return HTTPClient(configuration: configuration)
    }

    private func failure(
        _ client: HTTPClient, _ request: HTTPClientRequest
    ) async -> HTTPClientError? {
        do {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("a request arrives as told and its answer comes back whole")
    func roundTrip() async throws {
        let server = try TestServer()
        server.responder.gate.open()
        let client = client()
        for path in ["/now", "/later"] {
            let answer = try await client.send(
                HTTPClientRequest(
                    method: "POST", url: "http://127.0.0.1:\(server.port)\(path)?q=1",
                    headers: [("traceparent", "00-ab-cd-01"), ("X-Empty", "")],
                    body: Array("hello".utf8)))
            #expect(answer.status == 200)
            #expect(answer.body == Array("\(path) 5".utf8))
            #expect(answer.headers["x-query"] == "q=1")
        }
        let request = try #require(server.responder.requests.first)
        #expect(request.body == Array("hello".utf8))
        #expect(request.headers["traceparent"] == "00-ab-cd-01")
        #expect(request.headers["X-Empty"] == "")
        #expect(request.headers["Expect"] == nil)
        #expect(request.headers["Content-Type"] == nil)
        #expect(request.headers["User-Agent"] == "sluice")
    }

    @Test("methods are sent as named, HEAD without waiting for a body")
    func methods() async throws {
        let server = try TestServer()
        let client = client()
        for method in ["GET", "HEAD", "DELETE", "PATCH", "POST"] {
            let answer = try await client.send(
                HTTPClientRequest(method: method, url: "http://127.0.0.1:\(server.port)/"))
            #expect(answer.headers["X-Method"] == method)
            #expect(answer.body == (method == "HEAD" ? [] : Array("/ 0".utf8)))
        }
    }

    @Test("many requests at once share the thread and all come back")
    func parallel() async throws {
        let server = try TestServer()
        server.responder.gate.open()
        let client = client()
        let url = "http://127.0.0.1:\(server.port)/later"
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 {
                group.addTask { try await client.send(HTTPClientRequest(url: url)).status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 200))
    }

    @Test("silence ends in a timeout, of the client's or the request's own")
    func timeout() async throws {
        let server = try CannedServer(.silent)
        let patient = client()
        let hasty = client { $0.timeoutMilliseconds = 100 }
        let begun = Deadline.now
        #expect(await failure(hasty, HTTPClientRequest(url: server.url)) == .timeout)
        #expect(
            await failure(patient, HTTPClientRequest(url: server.url, timeoutMilliseconds: 100))
                == .timeout)
        #expect(begun.elapsedNanoseconds < 4_000_000_000)
    }

    @Test("an answer that keeps coming ends in a timeout, too")
    func endlessHead() async throws {
        let drip = try CannedServer(
            .answer(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na".utf8)))
        #expect(await failure(client(), HTTPClientRequest(url: drip.url)) == .connectionLost)
    }

    @Test(
        "an answer over the limit is cut off, whether or not it says how long it is",
        arguments: ["", "Content-Length: 5000000000\r\n"])
    func sizeLimit(field: String) async throws {
        let server = try CannedServer(.endless(head: "HTTP/1.1 200 OK\r\n\(field)\r\n"))
        let client = client()
        #expect(
            await failure(client, HTTPClientRequest(url: server.url))
                == .answerTooLarge(limit: 1 << 20))
        #expect(
            await failure(client, HTTPClientRequest(url: server.url, answerLimit: 10))
                == .answerTooLarge(limit: 10))
    }

    @Test("an answer of exactly the limit is taken, one byte more is not")
    func exactLimit() async throws {
        let server = try CannedServer(
            .answer(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789".utf8)))
        let client = client()
        let answer = try await client.send(HTTPClientRequest(url: server.url, answerLimit: 10))
        #expect(answer.body == Array("0123456789".utf8))
        #expect(
            await failure(client, HTTPClientRequest(url: server.url, answerLimit: 9))
                == .answerTooLarge(limit: 9))
    }

    @Test("a head without end is cut off")
    func endlessHeaders() async throws {
        let field = "X-A: " + String(repeating: "a", count: 1000) + "\r\n"
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: field, count: 100)
        let server = try CannedServer(.answer(Array(head.utf8)))
        #expect(
            await failure(client(), HTTPClientRequest(url: server.url))
                == .answerTooLarge(limit: 65_536))
    }

    @Test("nobody listening is told apart from a connection that ends")
    func refused() async throws {
        let client = client()
        let closing = try CannedServer(.closing)
        #expect(await failure(client, HTTPClientRequest(url: closing.url)) == .connectionLost)
        let free = try TestServer()
        try await blocking { free.server.stop(drainMilliseconds: 0) }
        let url = "http://127.0.0.1:\(free.port)/"
        #expect(await failure(client, HTTPClientRequest(url: url)) == .connectionFailed)
        #expect(
            await failure(client, HTTPClientRequest(url: "http://nowhere.invalid/"))
                == .nameNotResolved)
    }

    @Test(
        "what is no HTTP is no answer",
        arguments: ["hello\r\n\r\n", "\u{0}\u{1}\u{2}", "SSH-2.0-x\r\n", "HTTP/9.9 200 OK\r\n\r\n"])
    func garbage(bytes: String) async throws {
        let server = try CannedServer(.answer(Array(bytes.utf8)))
        #expect(await failure(client(), HTTPClientRequest(url: server.url)) == .malformedAnswer)
    }

    @Test("plain text where TLS was asked for is a TLS error")
    func tls() async throws {
        let server = try CannedServer(.answer(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)))
        #expect(
            await failure(client(), HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/"))
                == .tls)
    }

    @Test("a redirect is an answer like any other")
    func redirect() async throws {
        let answer =
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        let server = try CannedServer(.answer(Array(answer.utf8)))
        let response = try await client().send(HTTPClientRequest(url: server.url))
        #expect(response.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test(
        "other schemes and broken URLs are refused before anything is sent",
        arguments: [
            "", "127.0.0.1", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/",
            "http://", "http:///a", "http://a b/", "http://127.0.0.1:99999/", "httpx://a/",
            "http://127.0.0.1/\r\nX-A: b",
        ])
    func urls(url: String) async {
        #expect(await failure(client(), HTTPClientRequest(url: url)) == .malformedURL)
    }

    @Test(
        "a header cannot smuggle in another",
        arguments: [("X-A", "a\r\nX-B: b"), ("X-A: b\r\nX-B", "a")])
    func headers(name: String, value: String) async throws {
        let server = try TestServer()
        let request = HTTPClientRequest(
            url: "http://127.0.0.1:\(server.port)/", headers: [(name, value)])
        #expect(await failure(client(), request) == .malformedHeader(name: name))
        #expect(server.responder.requests.isEmpty)
    }

    @Test("a cancelled task gets its thread back at once")
    func cancellation() async throws {
        let server = try CannedServer(.silent)
        let client = client { $0.timeoutMilliseconds = 60_000 }
        let url = server.url
        let task = Task { await failure(client, HTTPClientRequest(url: url)) }
        try await blocking { try wait(until: "the request is sent") { server.requests.count == 1 } }
        task.cancel()
        #expect(await task.value == .cancelled)
        let before = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(client, HTTPClientRequest(url: url))
        }
        #expect(await before.value == .cancelled)
    }

    @Test("closing ends what runs and refuses what comes")
    func closing() async throws {
        let server = try CannedServer(.silent)
        let client = client()
        let url = server.url
        let task = Task { await failure(client, HTTPClientRequest(url: url)) }
        try await blocking { try wait(until: "the request is sent") { server.requests.count == 1 } }
        client.close()
        #expect(await task.value == .closed)
        #expect(await failure(client, HTTPClientRequest(url: url)) == .closed)
    }
}
