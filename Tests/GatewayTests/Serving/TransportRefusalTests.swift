import ByteCodecs
import HTTPTransport
import Observability
import Testing

@testable import Gateway

@Suite("what the transport refuses is answered, logged and counted like any request")
struct TransportRefusalTests {
    private static let page = [
        ("X-Request-Id", "mine-1"), ("Origin", "https://app.example"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ]

    private func refuse(
        _ bench: GatewayBench, _ reason: TransportRefusal,
        _ head: HTTPRequest = HTTPRequest(method: "", target: "")
    ) -> Answer {
        Answer(response: bench.gateway.refusal(reason, of: head), isImmediate: true)
    }

    private func head(
        _ method: String, _ target: String, _ headers: [(String, String)] = page
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, target: target, headers: HTTPHeaders(headers),
            peerAddress: IPAddress("203.0.113.5"))
    }

    @Test(arguments: [
        (TransportRefusal.bodyTooLarge(limit: 65_536), 413, "body_too_large"),
        (.headerDuplicated(.cookie), 400, "request_malformed"),
        (.headersTooLarge, 431, "head_too_large"), (.targetTooLong, 414, "target_too_long"),
    ])
    func ourPagesGetTheirIdAndMayReadTheAnswer(
        reason: TransportRefusal, status: Int, code: String
    ) throws {
        let answer = refuse(GatewayBench(), reason, head("POST", "/v1/auth/verify"))

        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(answer.header("X-Request-Id") == "mine-1")
        #expect(try answer.json()["instance"] == "mine-1")
        #expect(answer.header("Access-Control-Allow-Origin") == "https://app.example")
        #expect(answer.header("Access-Control-Allow-Credentials") == "true")
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
    }

    @Test(arguments: ["a b", "a\u{1}b", "", String(repeating: "x", count: 65)])
    func otherIdsAndOriginsAreNot(id: String) throws {
        let answer = refuse(
            GatewayBench(), .headMalformed,
            head("GET", "/", [("X-Request-Id", id), ("Origin", "https://evil.example")]))

        #expect(answer.header("X-Request-Id")?.count == 36)
        #expect(answer.header("Access-Control-Allow-Origin") == nil)
        #expect(answer.header("Vary") == "Origin")
    }

    @Test func withoutAHeadThereIsStillAnId() throws {
        let answer = refuse(GatewayBench(), .connectionLimitReached)

        #expect(answer.code == "overloaded")
        #expect(answer.header("Retry-After") != nil)
        #expect(try answer.json()["instance"] == answer.header("X-Request-Id").map { .string($0) })
    }

    @Test func theyAreCounted() {
        let bench = GatewayBench()
        _ = refuse(bench, .bodyTooLarge(limit: 65_536), head("POST", "/v1/auth/verify"))
        _ = refuse(bench, .headerDuplicated(.cookie), head("GET", "/nowhere"))
        _ = refuse(bench, .connectionLimitReached)
        let text = bench.metrics.text()

        for line in [
            #"{method="POST",route="/v1/auth/verify",status="4xx"} 1"#,
            #"{method="other",route="unknown",status="4xx"} 1"#,
            #"{method="other",route="unknown",status="5xx"} 1"#,
        ] {
            #expect(text.contains("sluice_http_requests_total" + line + "\n"), "\(line)")
        }
    }

    @Test func theyAreLogged() throws {
        let log = try LogPipe()
        let bench = GatewayBench(logger: log.logger) {
            $0.trustedProxies = [IPNetwork("203.0.113.0/24")].compactMap { $0 }
        }
        let forwarded = Self.page + [("X-Forwarded-For", "198.51.100.9")]
        _ = refuse(
            bench, .bodyTooLarge(limit: 65_536), head("POST", "/v1/auth/verify", forwarded))
        _ = refuse(bench, .methodUnsupported, head(String(repeating: "M", count: 9999), "/"))
        let lines = log.lines()

        try #require(lines.count == 2)
        for field in [
            #""message":"request refused""#, #""reason":"body_too_large""#, #""status":413"#,
            #""method":"POST""#, #""route":"/v1/auth/verify""#, #""requestId":"mine-1""#,
            #""traceId":"0af7651916cd43dd8448eb211c80319c""#, #""ip":"198.51.100.9""#,
        ] {
            #expect(lines[0].contains(field), "\(field)")
        }
        #expect(lines[1].utf8.count < 500)
    }
}
