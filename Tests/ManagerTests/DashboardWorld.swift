import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers
import Intake
import Observability
import Storage
import TestSupport
import Testing

@testable import Manager

/// A dashboard over a database of its own, with two operators.
final class DashboardWorld: Sendable {
    let world: ManagerWorld
    let dashboard: Dashboard
    let operators: Operators
    let alice: NewOperator
    let bob: NewOperator

    init(approvalAbove: Int64 = 1_000_000) async throws {
        world = try await ManagerWorld()
        let surroundings = world.time.surroundings
        operators = Operators(database: world.database, surroundings: surroundings)
        alice = try await operators.add("alice", by: .null)
        bob = try await operators.add("bob", by: .null)
        let tasks = ["bill", "cleanup"].map { name in
            ManagerTask(name, everyMilliseconds: 300_000) { _ in .idle }
        }
        let target = try BulkTarget(
            DatabaseConfiguration(
                url: world.store.url, poolSize: 1, deadlineMilliseconds: 60_000))
        let replay = AuditedReplay(
            database: world.database, target: target, surroundings: surroundings)
        dashboard = Dashboard(
            DashboardParts(database: world.database, tasks: tasks, replay: replay),
            approvalAbove: MicroUSDC(approvalAbove), surroundings: surroundings,
            report: {
                ManagerReport(
                    checks: [("gas", .degraded("send <SUI> to \"0x\""))], isLeading: true)
            }, tip: { 99 })
    }

    var store: TestDatabase { world.store }

    /// A request as a browser on this machine sends it, unless `headers` say otherwise.
    func send(
        _ method: String, _ target: String, _ headers: [(String, String)] = [],
        form: [(name: String, value: String)] = []
    ) async -> HTTPResponse {
        var all = headers
        if !headers.contains(where: { $0.0 == "Host" }) { all.append(("Host", "127.0.0.1:3001")) }
        let request = HTTPRequest(
            method: method, target: target, headers: HTTPHeaders(all),
            body: Array(FormFields.encoded(form).utf8))
        if let refusal = dashboard.refusal(of: request) { return refusal }
        return await dashboard.respond(to: request)
    }

    /// - Returns: the cookie that a browser sends from then on.
    func signIn(_ who: NewOperator) async throws -> (String, String) {
        let answer = await send(
            "POST", "/login", form: [("name", who.name), ("secret", who.secret)])
        #expect(answer.status == 303)
        let cookie = try #require(answer.field("Set-Cookie"))
        return ("Cookie", String(cookie.prefix { $0 != ";" }))
    }

    /// What the forms of a session carry.
    func csrf(_ cookie: (String, String)) async throws -> String {
        let page = await send("GET", "/actions/run-task?task=bill", [cookie]).text
        let rest = try #require(page.split(separator: "name=\"csrf\" value=\"").dropFirst().first)
        return String(rest.prefix { $0 != "\"" })
    }

    /// As a tool: with the secret itself.
    func act(
        _ action: String, _ form: [(name: String, value: String)], as who: NewOperator
    ) async -> HTTPResponse {
        await send(
            "POST", "/actions/" + action,
            [("Authorization", "Bearer " + who.secret), ("Accept", "application/json")],
            form: form + [("confirm", "yes")])
    }

    func page(_ path: String, as who: NewOperator) async throws -> JSONObject {
        let answer = await send(
            "GET", path,
            [("Authorization", "Bearer " + who.secret), ("Accept", "application/json")])
        #expect(answer.status == 200)
        guard case .object(let object) = try JSONValue.parse(answer.body.bytes) else {
            throw TestFailure("no object")
        }
        return object
    }

    func audited(_ action: String) async throws -> [[String?]] {
        try await store.run(
            """
            SELECT outcome, details->>'operator' FROM audit_log WHERE action = '\(action)'
             ORDER BY audit_id
            """)
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body.bytes, as: UTF8.self) }

    func field(_ name: String) -> String? { headers.first { $0.0 == name }?.1 }

    /// The stable code of a refusal.
    var code: String? {
        guard case .object(let object)? = try? JSONValue.parse(body.bytes),
            case .string(let code)? = object["code"]
        else { return nil }
        return code
    }
}
