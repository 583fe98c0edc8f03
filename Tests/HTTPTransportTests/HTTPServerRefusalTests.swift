import HTTPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerRefusalTests {
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
}
