import ByteCodecs
import Determinism
import HTTPTransport
import TestSupport
import Testing

@testable import Manager

/// Services that operators stop and free.
@Suite struct DashboardServicesTests {
    private static let state =
        "SELECT string_agg(state, ',' ORDER BY service_type) FROM service_instances"
    private static let records = """
        SELECT action, customer_id, details->>'operator', details->>'because' FROM audit_log
         WHERE action LIKE 'service_susp%' ORDER BY audit_id
        """

    /// Customer 7 has one service enabled, and of another nothing chosen.
    private func world() async throws -> DashboardWorld {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        try await world.store.run(
            """
            INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,
                seal_keys, packages_per_key, api_keys, created_at, changed_at)
            VALUES (7, 'seal', 'enabled', 'pro', false, 1, 1, 5, now(), now());
            INSERT INTO service_instances (customer_id, service_type, created_at, changed_at)
            VALUES (7, 'graphql', now(), now());
            INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint, sealed_key,
                created_at, changed_at)
            VALUES (gen_random_uuid(), 7, 'seal', sha256('k'), 'slk_s_', 'A:B:C', now(), now());
            DELETE FROM vault_changes
            """)
        return world
    }

    private func form(
        _ customer: String = "7", _ service: String = "seal", _ reason: String = "ticket 17"
    ) -> [(name: String, value: String)] {
        [("customer", customer), ("service", service), ("reason", reason)].filter { !$0.1.isEmpty }
    }

    @Test("a tool suspends and lifts, each once, on record by name; the vault is told of the key")
    func tool() async throws {
        let world = try await world()
        let done = await world.act("suspend-service", form(), as: world.alice)
        #expect(done.status == 200 && done.text.contains("seal of customer 7 is suspended"))
        #expect(try await world.store.value(Self.state) == "not_provisioned,suspended_by_operator")
        #expect(try await world.store.value("SELECT count(*) FROM vault_changes") == "1")
        let again = await world.act("suspend-service", form(), as: world.bob)
        #expect(again.status == 409 && again.code == "already_suspended")

        let lifted = await world.act("lift-suspension", form("7", "seal", "paid"), as: world.bob)
        #expect(lifted.status == 200 && lifted.text.contains("disabled"))
        #expect(try await world.store.value(Self.state) == "not_provisioned,disabled")
        let twice = await world.act("lift-suspension", form(), as: world.bob)
        #expect(twice.status == 409 && twice.code == "not_suspended")
        #expect(
            try await world.store.run(Self.records) == [
                ["service_suspended_by_operator", "7", "alice", "ticket 17"],
                ["service_suspension_lifted", "7", "bob", "paid"],
            ])
    }

    @Test(
        "what is asked for badly, or of nobody's service, is refused and leaves no trace",
        arguments: [
            ("8", "seal", "x", 409, "service_unknown"), ("7", "grpc", "x", 409, "service_unknown"),
            ("7", "graphql", "x", 409, "service_unknown"), ("0", "seal", "x", 400, "field_invalid"),
            ("x", "seal", "x", 400, "field_invalid"), ("7", "SEAL", "x", 400, "field_invalid"),
            ("7", "seal", "a\nb", 400, "field_invalid"), ("7", "seal", "", 400, "field_missing"),
            ("7", "seal", String(repeating: "x", count: 501), 400, "field_invalid"),
        ])
    func refused(
        customer: String, service: String, reason: String, status: Int, code: String
    ) async throws {
        let world = try await world()
        for action in ["suspend-service", "lift-suspension"] {
            let answer = await world.act(
                action, form(customer, service, reason), as: world.alice)
            #expect(answer.status == status && answer.code == code, "\(action)")
        }
        #expect(try await world.store.value(Self.state) == "not_provisioned,enabled")
        #expect(try await world.store.run(Self.records).isEmpty)
    }

    @Test("a browser goes from the page to the question to the deed, and needs its own form")
    func browser() async throws {
        let world = try await world()
        let cookie = try await world.signIn(world.alice)
        let before = await world.send("GET", "/services?customer=7", [cookie]).text
        let link = "/actions/suspend-service?customer=7&amp;service=seal"
        #expect(before.contains(link) && !before.contains("lift-suspension"))
        #expect(!before.contains("service=graphql"), "nothing of it can be stopped")
        let question = await world.send(
            "GET", "/actions/suspend-service?customer=7&service=seal", [cookie])
        #expect(
            question.text.contains("name=\"reason\"") && question.text.contains("method=\"get\""))
        let target = "/actions/suspend-service?customer=7&service=seal&reason=%3Cabuse%3E"
        let confirm = await world.send("GET", target, [cookie]).text
        #expect(confirm.contains("method=\"post\"") && confirm.contains("&lt;abuse&gt;"))
        #expect(confirm.contains("<dt>State</dt><dd>enabled</dd>"))
        #expect(confirm.contains("<dt>Active keys</dt><dd>1</dd>"))
        #expect(try await world.store.value(Self.state) == "not_provisioned,enabled")

        let post = form("7", "seal", "<abuse>") + [(name: "confirm", value: "yes")]
        let foreign = try await world.csrf(try await world.signIn(world.bob))
        for wrong in ["", "x", foreign] {
            let answer = await world.send(
                "POST", "/actions/suspend-service", [cookie], form: post + [("csrf", wrong)])
            #expect(answer.status == 403)
        }
        let stranger = await world.send("POST", "/actions/suspend-service", form: post)
        #expect(stranger.status == 303 && stranger.field("Location") == "/login")
        let csrf = (name: "csrf", value: try await world.csrf(cookie))
        let unsure = await world.send(
            "POST", "/actions/suspend-service", [cookie],
            form: form("7", "seal", "<abuse>") + [csrf])
        #expect(unsure.status == 400)
        #expect(try await world.store.value(Self.state) == "not_provisioned,enabled")

        let done = await world.send(
            "POST", "/actions/suspend-service", [cookie], form: post + [csrf])
        #expect(done.status == 303)
        #expect(done.field("Location")?.hasPrefix("/services?notice=") == true)
        let after = await world.send("GET", "/services", [cookie]).text
        #expect(after.contains("lift-suspension?customer=7") && !after.contains("suspend-service"))
        #expect(after.contains("alice") && after.contains("&lt;abuse&gt;"))
    }

    @Test("the page finds by customer and by state, and tells who stopped what and why")
    func page() async throws {
        let world = try await world()
        _ = await world.act("suspend-service", form("7", "seal", "first"), as: world.alice)
        _ = await world.act("lift-suspension", form("7", "seal", "sorry"), as: world.alice)
        _ = await world.act("suspend-service", form("7", "seal", "second"), as: world.bob)
        func found(_ query: String) async throws -> [JSONValue] {
            let page = try await world.page("/services" + query, as: world.alice)
            guard case .object(let table)? = page["services"],
                case .array(let rows)? = table["rows"]
            else { throw TestFailure("none") }
            return rows
        }
        #expect(try await found("").count == 2)
        #expect(try await found("?customer=8").isEmpty)
        #expect(try await found("?customer=x").isEmpty)
        #expect(try await found("?state=' OR true --").isEmpty)
        let rows = try await found("?customer=7&state=suspended_by_operator")
        guard case .object(let row)? = rows.first, rows.count == 1 else {
            throw TestFailure("\(rows)")
        }
        #expect(row["service"] == "seal" && row["tier"] == "pro")
        #expect(row["suspendedBy"] == "bob" && row["because"] == "second")
        _ = await world.act("lift-suspension", form(), as: world.alice)
        guard case .object(let free)? = try await found("?state=disabled").first else {
            throw TestFailure("none")
        }
        #expect(free["suspendedBy"] == .null && free["because"] == .null)
    }
}
