import Authentication
import ByteCodecs
import HTTPTransport
import Observability
import Testing

@testable import Gateway

@Suite struct GatewayResponderTests {
    private let bench = GatewayBench()

    @Test(arguments: ["a", "A-1._z", String(repeating: "x", count: 64)])
    func requestIdsAreEchoed(id: String) async {
        #expect(
            await bench.send("GET", "/health", [("X-Request-Id", id)]).header("X-Request-Id") == id)
    }

    @Test(arguments: ["", "a b", "a/b", "ä", String(repeating: "x", count: 65), "a\"b"])
    func otherRequestIdsAreReplaced(id: String) async throws {
        let answer = await bench.send("GET", "/nowhere", [("X-Request-Id", id)])
        let made = try #require(answer.header("X-Request-Id"))

        #expect(made != id && made.count == 36)
        #expect(try answer.json()["instance"] == .string(made))
    }

    @Test func unknownPathsAndMethods() async {
        #expect(await bench.send("GET", "/v1/nothing").code == "route_unknown")
        let answer = await bench.send("PUT", "/v1/customer")
        #expect(answer.code == "method_not_allowed")
        #expect(answer.header("Allow") == "GET, PATCH, HEAD, OPTIONS")
    }

    @Test func preflightFromOurPages() async {
        let answer = await bench.send(
            "OPTIONS", "/v1/customer",
            [("Origin", "https://app.example"), ("Access-Control-Request-Method", "PATCH")])

        #expect(answer.status == 204)
        #expect(answer.header("Access-Control-Allow-Origin") == "https://app.example")
        #expect(answer.header("Access-Control-Allow-Credentials") == "true")
        #expect(answer.header("Access-Control-Allow-Methods")?.contains("PATCH") == true)
        #expect(answer.header("Vary") == "Origin")
    }

    @Test("preflights and other OPTIONS count for the address they come from, like all the rest")
    func optionsAreLimited() async {
        let bench = GatewayBench { $0.limits.standard = RateLimit("3/60") ?? .signIn }
        let ours = [("Origin", "https://app.example")]
        let foreign = [("Origin", "https://evil.example")]
        for headers in [ours, [], foreign] {
            #expect(await bench.send("OPTIONS", "/v1/customer", headers).status != 429)
        }

        let answer = await bench.send("OPTIONS", "/v1/customer", ours)
        #expect(answer.code == "rate_limited")
        #expect(answer.header("Retry-After") != nil)
        #expect(await bench.send("GET", "/nowhere").code == "rate_limited")
        #expect(
            await bench.send("OPTIONS", "/v1/customer", ours, from: "198.51.100.8").status == 204)
    }

    @Test("our pages may read what answers tell beside the body")
    func exposedHeaders() async {
        let answer = await bench.send("GET", "/health", [("Origin", "https://app.example")])
        let exposed = answer.header("Access-Control-Expose-Headers") ?? ""

        for name in [
            "X-Request-Id", "X-Sluice-Customer", "X-Sluice-Wallet", "RateLimit",
            "RateLimit-Policy", "Retry-After", "WWW-Authenticate",
        ] {
            #expect(exposed.split(separator: ", ").contains { $0 == name }, "\(name)")
        }
    }

    @Test func pagesElsewhereGetNoCrossOriginFields() async {
        let foreign = [("Origin", "https://evil.example")]
        let read = await bench.send("GET", "/health", foreign)

        #expect(await bench.send("OPTIONS", "/v1/customer", foreign).code == "origin_refused")
        #expect(read.status == 200)
        #expect(!read.response.headers.contains { $0.0.hasPrefix("Access-Control") })
        #expect(read.header("Vary") == "Origin")
    }

    @Test func limitsAreToldAndKept() async throws {
        let bench = GatewayBench { $0.limits.challenge = RateLimit("2/60") ?? .signIn }
        bench.doubles.set { $0.challenge = .success(Samples.challenge()) }
        let first = await bench.send("POST", "/v1/auth/challenge")
        _ = await bench.send("POST", "/v1/auth/challenge")
        let third = await bench.send("POST", "/v1/auth/challenge")

        #expect(first.header("RateLimit-Policy") == #""challenge";q=2;w=60"#)
        #expect(first.header("RateLimit") == #""challenge";r=1;t=30"#)
        #expect(third.code == "rate_limited")
        #expect(third.header("Retry-After") == "30")
        #expect(bench.doubles.asked.count == 2)
        #expect(await bench.send("POST", "/v1/auth/challenge", from: "198.51.100.8").status == 201)
        #expect(bench.metrics.text().contains(#"sluice_rate_limited_total{policy="challenge"} 1"#))
    }

    @Test("the limit of a customer is not another's behind the same address")
    func customersHaveTheirOwn() async throws {
        let bench = GatewayBench { $0.limits.standard = RateLimit("2/60") ?? .standard }
        let claims = try Samples.claims()
        bench.doubles.set { $0.tokens = ["good": .success(.valid(claims))] }
        let bearer = [("Authorization", "Bearer good")]

        #expect(await bench.send("GET", "/v1/auth/session", bearer).status == 200)
        for _ in 0..<3 { _ = await bench.send("GET", "/nowhere") }
        #expect(await bench.send("GET", "/nowhere").code == "rate_limited")
        #expect(await bench.send("GET", "/v1/auth/session", bearer).status == 200)
        #expect(await bench.send("GET", "/v1/auth/session", bearer).code == "rate_limited")
        #expect(
            await bench.send("GET", "/v1/auth/session", bearer, from: "203.0.113.4").code
                == "rate_limited")
    }

    @Test("an address whose bucket is empty has no more tokens looked at, good or bad")
    func unknownTokensWait() async throws {
        let bench = GatewayBench { $0.limits.standard = RateLimit("2/60") ?? .standard }
        let claims = try Samples.claims()
        bench.doubles.set { $0.tokens = ["good": .success(.valid(claims))] }
        let bearer = [("Authorization", "Bearer good")]
        for _ in 0..<2 { _ = await bench.send("GET", "/nowhere") }
        let answer = await bench.send("GET", "/v1/auth/session", bearer)

        #expect(answer.code == "rate_limited")
        #expect(answer.header("Retry-After") == "30")
        #expect(
            await bench.send("GET", "/v1/auth/session", bearer, from: "203.0.113.4").status == 200)
    }

    @Test("guessing credentials empties the bucket of the address")
    func guessing() async {
        let bench = GatewayBench { $0.limits.standard = RateLimit("3/60") ?? .standard }
        var codes: [String?] = []
        for guess in 0..<5 {
            codes.append(
                await bench.send(
                    "GET", "/v1/customer", [("Authorization", "Bearer x\(guess)")]
                ).code)
        }
        #expect(codes.prefix(3).allSatisfy { $0 == "token_invalid" })
        #expect(codes.suffix(2).allSatisfy { $0 == "rate_limited" })
    }

    @Test("guessing refresh tokens does too, although each is another bucket's")
    func guessingRefreshTokens() async {
        let bench = GatewayBench { $0.limits.standard = RateLimit("3/60") ?? .standard }
        var codes: [String?] = []
        for guess in 0..<5 {
            codes.append(
                await bench.send(
                    "POST", "/v1/auth/refresh", body: #"{"refreshToken":"x\#(guess)"}"#
                ).code)
        }
        #expect(codes.prefix(3).allSatisfy { $0 == "token_invalid" })
        #expect(codes.suffix(2).allSatisfy { $0 == "rate_limited" })
        #expect(bench.doubles.asked.count == 3)
    }

    @Test func operationsAreNotLimited() async {
        let bench = GatewayBench { $0.limits.standard = RateLimit("1/60") ?? .standard }
        for path in ["/health", "/ready", "/metrics"] {
            for _ in 0..<5 {
                let answer = await bench.send("GET", path)
                #expect(answer.status == 200 && answer.header("RateLimit") == nil)
            }
        }
    }

    @Test("a spoilt cookie hurts only where cookies count")
    func spoiltCookies() async {
        bench.doubles.set { $0.challenge = .success(Samples.challenge()) }
        let spoilt = [("Cookie", "__Host-sluice_challenge=a b; __Host-sluice_access=1 2")]

        #expect(await bench.send("GET", "/health", spoilt).status == 200)
        #expect(await bench.send("POST", "/v1/auth/challenge", spoilt).status == 201)
        #expect(await bench.send("GET", "/v1/customer", spoilt).status == 401)
    }

    @Test func keysMayBeKept() async {
        let answer = await bench.send("GET", "/.well-known/jwks.json")

        #expect(answer.header("Cache-Control") == "public, max-age=300")
        #expect(answer.text == #"{"keys":[]}"#)
    }

    @Test func bodiesHaveALimit() {
        guard case .accept(let limit) = bench.gateway.admit(HTTPRequest(method: "GET", target: "/"))
        else {
            Issue.record("refused")
            return
        }
        #expect(limit == 65_536)
    }

    @Test func figuresCountByRouteAndStatus() async {
        _ = await bench.send("GET", "/v1/customer")
        let text = bench.metrics.text()

        #expect(
            text.contains(
                #"sluice_http_requests_total{method="GET",route="/v1/customer",status="4xx"} 1"#))
        #expect(text.contains(#"sluice_authentication_failures_total{code="token_missing"} 1"#))
    }
}
