import ByteCodecs
import Determinism
import HTTPTransport
import Storage
import TestSupport
import Testing

@testable import Manager

@Suite struct DashboardAccessTests {
    @Test("without a session or a secret there is a login page and nothing else")
    func strangers() async throws {
        let world = try await DashboardWorld()
        for entry in DashboardPages.menu {
            let answer = await world.send("GET", entry.path)
            #expect(answer.status == 303 && answer.field("Location") == "/login")
            let tool = await world.send("GET", entry.path, [("Accept", "application/json")])
            #expect(tool.status == 401 && tool.code == "operator_unknown")
        }
        for action in AdminAction.allCases {
            let answer = await world.send("POST", "/actions/" + action.rawValue)
            #expect(answer.status == 303 && answer.field("Location") == "/login")
        }
        #expect(await world.send("GET", "/login").text.contains("type=\"password\""))
        #expect(try await world.store.value("SELECT count(*) FROM worker_requests") == "0")
    }

    @Test(
        "a name that is not this machine's own is refused, whatever cookie comes with it",
        arguments: [
            "attacker.example", "attacker.example:3001", "127.0.0.1.attacker.example",
            "localhost.attacker.example", "127.0.0.2", "0.0.0.0:3001", "[::2]", "",
            "127.0.0.1:3001:80", "127.0.0.1:x", "localhost@attacker.example", "[::1", "[::1]x",
        ])
    func rebinding(host: String) async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        let answer = await world.send("GET", "/", [cookie, ("Host", host)])
        #expect(answer.status == 421)
        #expect(!answer.text.contains("alice"))
    }

    @Test("two Host fields, or none, are refused")
    func hosts() {
        let two = [("Host", "localhost"), ("Host", "attacker.example")]
        #expect(!Caller.hasLoopbackHost(HTTPHeaders(two)))
        #expect(!Caller.hasLoopbackHost(HTTPHeaders()))
        for host in ["localhost", "LOCALHOST:3001", "127.0.0.1", "[::1]:8443"] {
            #expect(Caller.hasLoopbackHost(HTTPHeaders([("Host", host)])))
        }
    }

    @Test("a wrong secret, or another's, lets nobody in and is on record; so is a right one")
    func secrets() async throws {
        let world = try await DashboardWorld()
        for (name, secret) in [
            ("alice", world.bob.secret), ("alice", world.alice.secret + "x"), ("alice", "slo_"),
            ("nobody", world.alice.secret), ("ALICE", world.alice.secret),
        ] {
            let answer = await world.send(
                "POST", "/login", form: [("name", name), ("secret", secret)])
            #expect(answer.status == 401)
            #expect(answer.field("Set-Cookie") == nil)
        }
        #expect(try await world.audited("operator_sign_in_failed").count == 5)
        _ = try await world.signIn(world.alice)
        #expect(try await world.audited("operator_signed_in") == [["success", "alice"]])
        let kept =
            try await world.store.value(
                "SELECT string_agg(t::text, ' ') FROM (TABLE operators) AS t") ?? ""
        #expect(!kept.contains(world.alice.secret.dropFirst(4)), "only the hash is stored")
    }

    @Test("after many wrong secrets even the right one has to wait a minute")
    func throttled() async throws {
        let world = try await DashboardWorld()
        for _ in 0..<10 {
            _ = await world.send("POST", "/login", form: [("name", "alice"), ("secret", "x")])
        }
        let form = [(name: "name", value: "alice"), (name: "secret", value: world.alice.secret)]
        #expect(await world.send("POST", "/login", form: form).status == 429)
        world.world.time.advance(milliseconds: 60_000)
        #expect(await world.send("POST", "/login", form: form).status == 303)
    }

    @Test(
        "the cookie is for no script and no other site, and dies with time, idleness or revocation")
    func sessions() async throws {
        let world = try await DashboardWorld()
        let answer = await world.send(
            "POST", "/login", form: [("name", "alice"), ("secret", world.alice.secret)])
        let set = try #require(answer.field("Set-Cookie"))
        for word in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"] {
            #expect(set.contains(word))
        }
        let cookie = ("Cookie", String(set.prefix { $0 != ";" }))
        func isIn() async -> Bool { await world.send("GET", "/", [cookie]).status == 200 }
        #expect(await isIn())
        for _ in 0..<15 {
            world.world.time.advance(milliseconds: 29 * 60_000)
            #expect(await isIn(), "used every half hour")
        }
        world.world.time.advance(milliseconds: 60 * 60_000)
        #expect(await !isIn(), "eight hours are over")

        let second = try await world.signIn(world.alice)
        #expect(await world.send("GET", "/", [second]).status == 200)
        world.world.time.advance(milliseconds: 31 * 60_000)
        #expect(await world.send("GET", "/", [second]).status == 303, "idle")

        let third = try await world.signIn(world.alice)
        try await world.operators.revoke("alice", by: .null)
        #expect(await world.send("GET", "/", [third]).status == 303)
        let bearer = ("Authorization", "Bearer " + world.alice.secret)
        #expect(await world.send("GET", "/", [bearer]).status == 401)
        await #expect(throws: OperatorRefusal.nameTaken) {
            try await world.operators.add("alice", by: .null)
        }
    }

    @Test("a tool's wrong secret is on record, so many a minute, and a right one is always let in")
    func wrongBearer() async throws {
        let world = try await DashboardWorld()
        func asked(_ secret: String) async -> HTTPResponse {
            await world.send(
                "GET", "/runs",
                [("Authorization", "Bearer " + secret), ("Accept", "application/json")])
        }
        for _ in 0..<10 { #expect(await asked("slo_wrong").status == 401) }
        #expect(await asked("slo_wrong").code == "too_many_wrong_secrets")
        #expect(await asked(world.alice.secret).status == 200)
        _ = try await world.signIn(world.bob)
        #expect(try await world.audited("operator_sign_in_failed").count == 10)
        world.world.time.advance(milliseconds: 60_000)
        #expect(await asked("slo_wrong").status == 401)
    }

    @Test("a new secret takes the old one's place at once, and ends what was opened with it")
    func rotated() async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        let new = try await world.operators.rotate("alice", by: .null)
        #expect(new.name == "alice" && new.secret != world.alice.secret)
        #expect(await world.send("GET", "/", [cookie]).status == 303)
        let old = await world.send(
            "GET", "/runs", [("Authorization", "Bearer " + world.alice.secret)])
        #expect(old.status == 401)
        _ = try await world.signIn(new)
        #expect(
            try await world.store.value(
                "SELECT details->>'name' FROM audit_log WHERE action = 'operator_rotated'")
                == "alice")
        let stored = try #require(
            try await world.world.database.operatorSecret(name: "alice"))
        _ = try await world.operators.rotate("alice", by: .null)
        let isOpen = try await world.world.database.transaction {
            transaction throws(StorageError) in
            let now = Timestamp(milliseconds: 0)
            return try await transaction.insertOperatorSession(
                [1], of: stored, at: now, expires: now)
        }
        #expect(!isOpen, "its secret was changed after it had been found right")
        try await world.operators.revoke("alice", by: .null)
        await #expect(throws: OperatorRefusal.nameUnknown) {
            try await world.operators.rotate("alice", by: .null)
        }
    }

    @Test("what an action does and needs is told to tools as well")
    func questionForTools() async throws {
        let world = try await DashboardWorld()
        let question = try await world.page("/actions/run-task?task=bill", as: world.alice)
        guard case .array(let fields)? = question["fields"],
            case .string(let once)? = question["once"]
        else { throw TestFailure("no fields") }
        #expect(
            fields == [["name": "task", "label": "Task", "value": "bill"]] && once.count == 36)
    }

    @Test("signing out ends the session itself, not only the cookie")
    func signOut() async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        let csrf = try await world.csrf(cookie)
        let foreign = await world.send("POST", "/logout", [cookie], form: [("csrf", "x")])
        #expect(foreign.status == 403)
        let answer = await world.send("POST", "/logout", [cookie], form: [("csrf", csrf)])
        #expect(answer.field("Set-Cookie")?.contains("Max-Age=0") == true)
        #expect(await world.send("GET", "/", [cookie]).status == 303)
        #expect(try await world.audited("operator_signed_out") == [["success", "alice"]])
    }

    @Test("an action needs this session's own form, and no other site's page can send it")
    func forged() async throws {
        let world = try await DashboardWorld()
        let (mine, other) = (
            try await world.signIn(world.alice), try await world.signIn(world.bob)
        )
        let (csrf, foreign) = (try await world.csrf(mine), try await world.csrf(other))
        let form = [(name: "task", value: "bill"), (name: "confirm", value: "yes")]
        for wrong in ["", foreign, String(csrf.dropLast()), csrf + "A"] {
            let answer = await world.send(
                "POST", "/actions/run-task", [mine], form: form + [("csrf", wrong)])
            #expect(answer.status == 403)
        }
        for header in [
            ("Origin", "http://attacker.example"), ("Origin", "null"),
            ("Origin", "http://127.0.0.1:9999"), ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let answer = await world.send(
                "POST", "/actions/run-task", [mine, header], form: form + [("csrf", csrf)])
            #expect(answer.status == 403, "\(header)")
        }
        let unconfirmed = await world.send(
            "POST", "/actions/run-task", [mine], form: [("task", "bill"), ("csrf", csrf)])
        #expect(unconfirmed.status == 400)
        #expect(try await world.store.value("SELECT count(*) FROM worker_requests") == "0")
        let answer = await world.send(
            "POST", "/actions/run-task", [mine, ("Origin", "http://127.0.0.1:3001")],
            form: form + [("csrf", csrf)])
        #expect(answer.status == 303)
        #expect(
            try await world.store.run("SELECT task, asked_by FROM worker_requests")
                == [["bill", "alice"]])
    }

    @Test("answers are kept by nobody, framed by nobody, and run no script")
    func headers() async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        for path in ["/", "/login", "/actions/refund"] {
            let answer = await world.send("GET", path, [cookie])
            #expect(answer.field("Cache-Control") == "no-store")
            #expect(answer.field("X-Frame-Options") == "DENY")
            let policy = try #require(answer.field("Content-Security-Policy"))
            #expect(policy.contains("default-src 'none'") && !policy.contains("script"))
            #expect(!answer.text.lowercased().contains("<script"))
        }
        let response = await world.send("DELETE", "/", [cookie])
        #expect(response.status == 405)
        #expect(await world.send("GET", "/../../etc/passwd", [cookie]).status == 404)
    }
}
