import Authentication
import ByteCodecs
import Determinism
import SuiProtocol
import Testing

@testable import Gateway

@Suite struct SessionCallsTests {
    private let bench = GatewayBench()
    private let ours = ("Origin", "https://app.example")

    init() throws {
        let claims = try Samples.claims()
        let signedIn = try Samples.signedIn()
        bench.doubles.set { state in
            state.tokens = [
                "good": .success(.valid(claims)), "stale": .success(.recheck(claims)),
                "old": .failure(.expired), "ended": .failure(.sessionEnded),
            ]
            state.refresh = .success(signedIn)
        }
    }

    private func bearer(_ token: String) -> [(String, String)] {
        [("Authorization", "Bearer \(token)")]
    }

    private func cookies(_ pairs: String...) -> (String, String) {
        ("Cookie", pairs.map { "__Host-sluice_" + $0 }.joined(separator: "; "))
    }

    @Test func refreshByCookieSetsCookies() async throws {
        let answer = await bench.send("POST", "/v1/auth/refresh", [ours, cookies("refresh=R")])

        #expect(answer.status == 200)
        #expect(answer.cookies.count == 2)
        #expect(try answer.json()["refreshToken"] == nil)
    }

    @Test func refreshByBodySetsNone() async throws {
        let answer = await bench.send(
            "POST", "/v1/auth/refresh", body: #"{"refreshToken":"R"}"#)

        #expect(answer.cookies.isEmpty)
        #expect(try answer.json()["refreshToken"] == "REFRESH2")
    }

    @Test func twoRefreshTokensThatDifferAreRefused() async {
        let answer = await bench.send(
            "POST", "/v1/auth/refresh", [ours, cookies("refresh=R")],
            body: #"{"refreshToken":"S"}"#)

        #expect(answer.code == "credentials_conflict")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test func refreshByCookieNeedsAnOrigin() async {
        let answer = await bench.send("POST", "/v1/auth/refresh", [cookies("refresh=R")])

        #expect(answer.code == "origin_refused")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test func refreshWithoutATokenIsRefused() async {
        #expect(await bench.send("POST", "/v1/auth/refresh").code == "token_missing")
        #expect(
            await bench.send("POST", "/v1/auth/refresh", bearer("good")).code == "token_missing")
    }

    @Test func reuseIsTold() async {
        bench.doubles.set { $0.refresh = .failure(.refreshReused) }
        let answer = await bench.send(
            "POST", "/v1/auth/refresh", body: #"{"refreshToken":"R"}"#)

        #expect(answer.code == "refresh_reused")
        #expect(answer.status == 401)
    }

    @Test func logoutEndsTheSessionOfTheToken() async throws {
        let answer = await bench.send(
            "POST", "/v1/auth/logout", [ours, cookies("access=good", "refresh=R")])

        #expect(answer.status == 204)
        #expect(bench.doubles.asked == ["end \(try Samples.session(1).id) logout"])
        #expect(answer.cookies.filter { $0.contains("Max-Age=0") }.count == 2)
    }

    @Test(
        "signing out works when the access token is past",
        arguments: ["old", "ended", "nonsense"])
    func logoutByRefreshToken(access: String) async {
        let answer = await bench.send(
            "POST", "/v1/auth/logout", [ours, cookies("access=\(access)", "refresh=R")])

        #expect(answer.status == 204)
        #expect(bench.doubles.asked == ["endByRefreshToken R"])
    }

    @Test func logoutNeedsSomething() async {
        #expect(await bench.send("POST", "/v1/auth/logout").code == "token_missing")
        #expect(await bench.send("POST", "/v1/auth/logout", bearer("old")).code == "token_expired")
        #expect(
            await bench.send("POST", "/v1/auth/logout", [("Authorization", "Basic YTpi")]).code
                == "token_invalid")
        #expect(
            await bench.send("POST", "/v1/auth/logout", [cookies("access=good")]).code
                == "origin_refused")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test func currentSessionIsAnsweredAtOnce() async throws {
        let answer = await bench.send("GET", "/v1/auth/session", bearer("good"))

        #expect(answer.isImmediate)
        #expect(answer.status == 200)
        #expect(try answer.json()["customerId"] == 42)
        #expect(answer.header("X-Sluice-Customer") == "42")
        #expect(
            try answer.header("X-Sluice-Wallet") == Samples.claims().walletAddress.description)
    }

    @Test func withoutNewsTheDatabaseIsAsked() async throws {
        #expect(await bench.send("GET", "/v1/auth/session", bearer("stale")).status == 503)
        bench.doubles.set { $0.recheck = .failure(.sessionEnded) }
        #expect(
            await bench.send("GET", "/v1/auth/session", bearer("stale")).code == "session_ended")
        let claims = try Samples.claims()
        bench.doubles.set { $0.recheck = .success(claims) }
        #expect(await bench.send("GET", "/v1/auth/session", bearer("stale")).status == 200)
    }

    @Test(
        "each bad credential is refused by its code",
        arguments: [
            ([("Authorization", "Bearer old")], "token_expired"),
            ([("Authorization", "Bearer ended")], "session_ended"),
            ([("Authorization", "Bearer x")], "token_invalid"),
            ([("Authorization", "Bearer")], "token_invalid"),
            ([("Authorization", "Token good")], "token_invalid"),
            (
                [("Authorization", "Bearer x"), ("Cookie", "__Host-sluice_access=good")],
                "token_invalid"
            ),
            ([("Cookie", "sluice_access=good")], "token_missing"),
            ([("Cookie", "__Host-sluice_refresh=good")], "token_missing"),
            (
                [("Cookie", "__Host-sluice_access=good; __Host-sluice_access=x")],
                "credentials_conflict"
            ),
            ([("Cookie", "__Host-sluice_access=\"good\"")], "token_invalid"),
            ([], "token_missing"),
        ] as [([(String, String)], String)])
    func refusals(headers: [(String, String)], code: String) async {
        for path in ["/v1/auth/session", "/v1/auth/sessions", "/v1/customer"] {
            #expect(await bench.send("GET", path, headers).code == code)
        }
    }

    @Test func listMarksThisSession() async throws {
        let sessions = try [Samples.session(1), Samples.session(2, minutesAgo: 5)]
        bench.doubles.set { $0.sessions = sessions }
        let answer = await bench.send("GET", "/v1/auth/sessions?limit=1&x=y", bearer("good"))
        let body = try answer.json()

        #expect(body["items"] == [JSONValue(sessions[0], isCurrent: true)])
        guard case .string(let cursor)? = body["nextCursor"] else {
            Issue.record("no cursor")
            return
        }
        let next = await bench.send("GET", "/v1/auth/sessions?cursor=\(cursor)", bearer("good"))
        let newest = sessions[0].createdAt.milliseconds
        #expect(bench.doubles.asked == ["list -1 2", "list \(newest) 51"])
        #expect(try next.json()["items"] == [JSONValue(sessions[1], isCurrent: false)])
        #expect(try next.json()["nextCursor"] == .null)
    }

    @Test(
        arguments: [
            "limit=0", "limit=201", "limit=-1", "limit=+1", "limit=01", "limit=1.0", "limit=",
            "limit",
            "limit=1&limit=2", "cursor=x", "cursor=", "limit=%zz",
        ])
    func badParameters(query: String) async {
        #expect(
            await bench.send("GET", "/v1/auth/sessions?\(query)", bearer("good")).code
                == "parameter_invalid")
    }

    @Test func endingNeedsAnIdOfTheCustomers() async throws {
        let id = try Samples.session(3).id

        #expect(
            await bench.send("DELETE", "/v1/auth/sessions/\(id)", bearer("good")).code
                == "session_unknown")
        #expect(
            await bench.send("DELETE", "/v1/auth/sessions/nonsense", bearer("good")).code
                == "parameter_invalid")
    }

    @Test func endingOnesOwnSessionByCookieClearsCookies() async throws {
        let own = try Samples.session(1)
        bench.doubles.set { $0.sessions = [own] }
        let path = "/v1/auth/sessions/\(own.id)"

        #expect(
            await bench.send("DELETE", path, [ours, cookies("access=good")]).cookies.count == 2)
        #expect(await bench.send("DELETE", path, bearer("good")).cookies.isEmpty)
    }

    @Test func endingOthersKeepsThisOne() async throws {
        #expect(await bench.send("DELETE", "/v1/auth/sessions", bearer("good")).status == 204)
        #expect(bench.doubles.asked == ["endAll except \(try Samples.session(1).id)"])
    }
}
