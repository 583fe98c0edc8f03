import ByteCodecs
import Determinism
import HTTPTransport
import TestSupport
import Testing

@testable import Manager

@Suite struct DashboardReplayTests {
    /// What HAProxy writes of a request that it refused: whose key it was, nobody needs to know.
    private func line(_ number: Int, in world: DashboardWorld) -> String {
        """
        {"v":1,"time":\(world.world.time.surroundings.now().milliseconds),\
        "id":"0000000\(number)-0000-4000-8000-000000000000","edge":"edge-q","frontend":"seal",\
        "start":1795246453000000,"pid":7,"lc":\(number),"key":"-","service":"seal",\
        "method":"POST","status":401,"in":82,"out":4096,"request":0,"queue":0,"connect":0,\
        "response":3,"active":4}
        """
    }

    private func putAside(_ raw: String, as code: String, in world: DashboardWorld) async throws {
        try await world.store.run(
            """
            INSERT INTO log_quarantine (quarantine_id, received_at, source, code, raw)
            SELECT overlay(overlay(gen_random_uuid()::text placing '7' from 15)
                    placing '8' from 20)::uuid, now(), 'tcp 127.0.0.1:5514', '\(code)',
                convert_to($$\(raw)$$, 'UTF8')
            """)
    }

    private func fill(_ world: DashboardWorld) async throws {
        for number in 1...2 {
            try await putAside(line(number, in: world), as: "event_in_future", in: world)
        }
        try await putAside(line(3, in: world), as: "api_key_unknown", in: world)
        try await putAside("rubbish", as: "line_not_an_object", in: world)
    }

    private func stored(_ world: DashboardWorld) async throws -> String? {
        try await world.store.value("SELECT count(*) FROM haproxy_logs")
    }

    private func replay(_ code: String, _ world: DashboardWorld) async throws -> String {
        let answer = await world.act("replay-quarantine", [("code", code)], as: world.alice)
        guard answer.status == 200,
            case .object(let object) = try JSONValue.parse(answer.body.bytes),
            object["done"] == true, case .string(let words)? = object["detail"]
        else { throw TestFailure("\(answer.status)") }
        return words
    }

    @Test("what is a line by now counts once, however often it is read again")
    func once() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        #expect(
            try await replay("event_in_future", world)
                == "2 read again: 2 counted now, none left.")
        #expect(try await stored(world) == "2")
        #expect(try await replay("event_in_future", world) == "None of that waits.")
        #expect(
            try await replay("all", world) == "2 read again: 1 counted now, 1 left.")
        #expect(try await replay("all", world) == "1 read again: none counted now, 1 left.")
        #expect(try await stored(world) == "3")
        // The very same lines, put aside once more.
        try await fill(world)
        #expect(
            try await replay("all", world)
                == "5 read again: none counted now, 3 had come by another way, 2 left.")
        #expect(try await stored(world) == "3")
    }

    @Test("asked for by two at the same moment, each line counts once")
    func atOnce() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        let form = [(name: "code", value: "all")]
        async let first = world.act("replay-quarantine", form, as: world.alice)
        async let second = world.act("replay-quarantine", form, as: world.bob)
        #expect([await first.status, await second.status] == [200, 200])
        #expect(try await stored(world) == "3")
        #expect(try await world.audited("quarantine_replay_asked").count == 2)
    }

    @Test("who asked is on record before it is done, and what came of it afterwards")
    func audited() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        _ = try await replay("event_in_future", world)
        #expect(try await world.audited("quarantine_replay_asked") == [["success", "alice"]])
        #expect(try await world.audited("quarantine_replayed") == [["success", "alice"]])
        #expect(
            try await world.store.run(
                """
                SELECT details->>'code', details->'outcome'->>'stored' FROM audit_log
                 WHERE action = 'quarantine_replayed'
                """) == [["event_in_future", "2"]])
        try await world.store.run("ALTER TABLE log_quarantine RENAME TO elsewhere")
        let answer = await world.act("replay-quarantine", [("code", "all")], as: world.bob)
        #expect(answer.status == 503)
        #expect(try await world.audited("quarantine_replay_asked").last == ["success", "bob"])
        #expect(try await world.audited("quarantine_replayed").count == 1)
    }

    @Test("without a login, the session's own form or a confirmation nothing is read")
    func refused() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        let cookie = try await world.signIn(world.alice)
        let csrf = try await world.csrf(cookie)
        let path = "/actions/replay-quarantine"
        let form = [(name: "code", value: "all"), (name: "confirm", value: "yes")]
        let stranger = await world.send("POST", path, form: form)
        #expect(stranger.status == 303 && stranger.field("Location") == "/login")
        let tool = await world.send("POST", path, [("Accept", "application/json")], form: form)
        #expect(tool.status == 401)
        for wrong in ["", csrf + "A"] {
            let answer = await world.send("POST", path, [cookie], form: form + [("csrf", wrong)])
            #expect(answer.status == 403)
        }
        let unconfirmed = await world.send(
            "POST", path, [cookie], form: [("code", "all"), ("csrf", csrf)])
        #expect(unconfirmed.status == 400)
        for code in ["", "ALL", "x' OR true --", String(repeating: "a", count: 65)] {
            let answer = await world.act("replay-quarantine", [("code", code)], as: world.alice)
            #expect(answer.status == 400, "\(code)")
        }
        #expect(await world.send("GET", path + "?code=all", [cookie]).text.contains("Yes, do it"))
        #expect(try await stored(world) == "0")
        #expect(try await world.audited("quarantine_replay_asked").isEmpty)
        let done = await world.send("POST", path, [cookie], form: form + [("csrf", csrf)])
        #expect(done.status == 303)
        #expect(done.field("Location")?.hasPrefix("/quarantine?notice=4%20read%20again") == true)
        #expect(try await stored(world) == "3")
    }

    @Test("the page leads to it for each reason for which something waits, and for no other")
    func page() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        _ = try await replay("event_in_future", world)
        let cookie = try await world.signIn(world.alice)
        let text = await world.send("GET", "/quarantine", [cookie]).text
        #expect(text.contains("/actions/replay-quarantine?code=all"))
        #expect(text.contains("/actions/replay-quarantine?code=api_key_unknown"))
        #expect(!text.contains("/actions/replay-quarantine?code=event_in_future"))
    }
}
