import Authentication
import ByteCodecs
import Testing

@testable import Gateway

@Suite struct SignInCallsTests {
    private let bench = GatewayBench()
    private let body = #"{"nonce":"NONCE","signature":"SIG"}"#

    @Test func challengeSetsItsCookie() async throws {
        bench.doubles.set { $0.challenge = .success(Samples.challenge()) }
        let answer = await bench.send("POST", "/v1/auth/challenge", body: #"{"address":"0x2A"}"#)

        #expect(answer.status == 201)
        #expect(try answer.json()["message"] == "Sign this")
        #expect(try answer.json()["messageTemplate"] == nil)
        #expect(
            answer.cookies == [
                "__Host-sluice_challenge=CHALLENGE; Path=/; Max-Age=300; HttpOnly; Secure; "
                    + "SameSite=Strict"
            ])
        #expect(answer.header("Cache-Control") == "no-store")
    }

    @Test func challengeNeedsNoBody() async {
        bench.doubles.set { $0.challenge = .success(Samples.challenge()) }

        #expect(await bench.send("POST", "/v1/auth/challenge").status == 201)
        #expect(bench.doubles.asked == ["challenge - 198.51.100.7"])
    }

    @Test(
        "what is not well-formed never reaches the sign-in",
        arguments: [
            #"{"address":"2a"}"#, #"{"address":""}"#, #"{"address":null}"#, #"{"chain":7}"#,
            #"{"address":"0x2a","extra":1}"#, "[]", "{",
        ])
    func malformedChallenge(body: String) async {
        #expect(await bench.send("POST", "/v1/auth/challenge", body: body).code == "body_invalid")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test func verifyByCookieKeepsTheRefreshTokenOutOfTheBody() async throws {
        let signedIn = try Samples.signedIn()
        bench.doubles.set { $0.verify = .success(signedIn) }
        let answer = await bench.send(
            "POST", "/v1/auth/verify", [("Cookie", "__Host-sluice_challenge=C")], body: body)

        #expect(answer.status == 200)
        #expect(bench.doubles.asked == ["verify NONCE C"])
        #expect(try answer.json()["refreshToken"] == nil)
        #expect(try answer.json()["tokenType"] == "Bearer")
        #expect(answer.cookies.contains { $0.hasPrefix("__Host-sluice_access=ACCESS; ") })
        #expect(
            answer.cookies.contains {
                $0.hasPrefix("__Host-sluice_refresh=REFRESH2; Path=/; Max-Age=2592000; ")
            })
        #expect(
            answer.cookies.contains { $0.hasPrefix("__Host-sluice_challenge=; Path=/; Max-Age=0") })
    }

    @Test func verifyByHeaderShowsTheRefreshToken() async throws {
        let signedIn = try Samples.signedIn()
        bench.doubles.set { $0.verify = .success(signedIn) }
        let answer = await bench.send(
            "POST", "/v1/auth/verify", [("X-Challenge-Token", "C")], body: body)

        #expect(try answer.json()["refreshToken"] == "REFRESH2")
    }

    @Test func twoChallengeTokensThatDifferAreRefused() async {
        let headers = [("Cookie", "__Host-sluice_challenge=C"), ("X-Challenge-Token", "D")]

        #expect(
            await bench.send("POST", "/v1/auth/verify", headers, body: body).code
                == "credentials_conflict")
        #expect(
            !bench.doubles.asked.contains { $0.hasPrefix("verify") || $0.hasPrefix("challenge") })
    }

    @Test("beside Authorization the challenge cookie is not there")
    func authorizationSilencesTheCookie() async {
        let headers = [
            ("Authorization", "Bearer x"), ("Cookie", "__Host-sluice_challenge=C"),
        ]

        #expect(
            await bench.send("POST", "/v1/auth/verify", headers, body: body).code
                == "challenge_unknown")
    }

    @Test(
        arguments: [
            #"{"nonce":"N"}"#, #"{"signature":"S"}"#, #"{"nonce":"","signature":"S"}"#,
            #"{"nonce":"N","signature":""}"#, #"{"nonce":"N","signature":"S","address":"x"}"#,
            #"{"nonce":"N","signature":"S","publicKey":"P"}"#, #"{"nonce":1,"signature":"S"}"#,
            #"{"nonce":"N\u0000","signature":"S"}"#,
        ])
    func malformedVerifyLeavesTheNonceAlone(body: String) async {
        let answer = await bench.send(
            "POST", "/v1/auth/verify", [("X-Challenge-Token", "C")], body: body)

        #expect(answer.code == "body_invalid")
        #expect(!bench.doubles.asked.contains { $0.hasPrefix("verify") })
    }

    @Test(
        "login CSRF: a page elsewhere cannot sign anybody in",
        arguments: ["/v1/auth/challenge", "/v1/auth/verify"])
    func foreignOrigin(path: String) async {
        let headers = [("Origin", "https://evil.example"), ("X-Challenge-Token", "C")]
        let answer = await bench.send("POST", path, headers, body: body)

        #expect(answer.code == "origin_refused")
        #expect(answer.header("Access-Control-Allow-Origin") == nil)
        #expect(
            !bench.doubles.asked.contains { $0.hasPrefix("verify") || $0.hasPrefix("challenge") })
    }

    @Test func refusalsCarryTheirFacts() async throws {
        bench.doubles.set { $0.verify = .failure(.signatureInvalid(reason: "high_s")) }
        let answer = await bench.send(
            "POST", "/v1/auth/verify", [("X-Challenge-Token", "C")], body: body)

        #expect(answer.status == 401)
        #expect(try answer.json()["reason"] == "high_s")
        #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
    }
}
