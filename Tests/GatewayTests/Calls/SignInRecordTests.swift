import Testing

@testable import Gateway

/// What is refused before the sign-in sees it, and is a failure to sign in all the same.
@Suite struct SignInRecordTests {
    private let body = #"{"nonce":"NONCE","signature":"SIG"}"#

    @Test(
        "a refused attempt is on record, whatever refused it",
        arguments: [
            ([("Origin", "https://evil.example")], "origin_refused"),
            (
                [("Cookie", "__Host-sluice_challenge=A"), ("X-Challenge-Token", "B")],
                "credentials_conflict"
            ),
            (
                [("Cookie", "__Host-sluice_challenge=A; __Host-sluice_challenge=B")],
                "credentials_conflict"
            ),
            ([("Cookie", #"__Host-sluice_challenge="A"#)], "challenge_unknown"),
            ([("Cookie", #"__Host-sluice_access="A"#)], "token_invalid"),
        ])
    func recorded(headers: [(String, String)], code: String) async {
        let bench = GatewayBench()
        let answer = await bench.send("POST", "/v1/auth/verify", headers, body: body)

        #expect(answer.code == code)
        #expect(bench.doubles.asked == ["record \(code) 198.51.100.7"])
    }

    @Test(
        "what has not the form of an attempt is on record as well",
        arguments: [
            "{", "[]", #"{"nonce":"N"}"#, #"{"nonce":"N","signature":"S","extra":1}"#,
            #"{"nonce":"N","signature":"S","address":"0x"}"#,
        ])
    func formless(body: String) async {
        let bench = GatewayBench()
        #expect(await bench.send("POST", "/v1/auth/verify", body: body).code == "body_invalid")
        #expect(bench.doubles.asked == ["record body_invalid 198.51.100.7"])
    }

    @Test("so is a body of another type, and a header of another shape")
    func otherForms() async {
        let bench = GatewayBench()
        let typed = await bench.sendRaw(
            "POST", "/v1/auth/verify", [("Content-Type", "text/plain")], body: body)
        let shaped = await bench.send(
            "POST", "/v1/auth/verify", [("X-Challenge-Token", "")], body: body)

        #expect(typed.code == "media_type_unsupported")
        #expect(shaped.code == "parameter_invalid")
        #expect(
            bench.doubles.asked == [
                "record media_type_unsupported 198.51.100.7",
                "record parameter_invalid 198.51.100.7",
            ])
    }

    @Test("what the sign-in itself refuses it puts on record itself, not twice")
    func once() async {
        let bench = GatewayBench()
        let answer = await bench.send(
            "POST", "/v1/auth/verify", [("X-Challenge-Token", "C")], body: body)

        #expect(answer.code == "challenge_unknown")
        #expect(bench.doubles.asked == ["verify NONCE C"])
    }

    @Test("refusals of other calls are not sign-ins")
    func otherCalls() async {
        let bench = GatewayBench()
        for path in ["/v1/auth/challenge", "/v1/auth/refresh", "/v1/auth/logout"] {
            let answer = await bench.send(
                "POST", path, [("Origin", "https://evil.example")], body: "{}")
            #expect(answer.code == "origin_refused")
        }
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test("nobody writes more records than the verify bucket lets pass")
    func bounded() async {
        let bench = GatewayBench { $0.limits.verify = RateLimit("3/60") ?? .signIn }
        var codes: [String?] = []
        for _ in 0..<10 {
            let answer = await bench.send(
                "POST", "/v1/auth/verify", [("Origin", "https://evil.example")], body: body)
            codes.append(answer.code)
        }

        #expect(codes.prefix(3).allSatisfy { $0 == "origin_refused" })
        #expect(codes.dropFirst(3).allSatisfy { $0 == "rate_limited" })
        #expect(bench.doubles.asked.count == 3)
    }
}
