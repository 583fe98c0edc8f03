import ByteCodecs
import Determinism
import Escrow
import HTTPTransport
import Identifiers
import SuiProtocol
import TestSupport
import Testing

@testable import Manager

@Suite struct DashboardActionTests {
    private func approval(_ world: DashboardWorld) async throws -> String {
        try #require(
            try await world.store.value(
                "SELECT approval_id::text FROM approvals ORDER BY asked_at DESC LIMIT 1"))
    }

    private func credits(_ world: DashboardWorld) async throws -> [[String?]] {
        try await world.store.run(
            "SELECT amount_micro_usdc, granted_by FROM billing_credits ORDER BY granted_at")
    }

    private func credit(_ amount: Int, once: String? = nil) -> [(name: String, value: String)] {
        [
            ("customer", "7"), ("amount", "\(amount)"), ("reason", "late"),
            ("once", once ?? ""),
        ].filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }
    }

    @Test("a task is asked for under the operator's name; one that there is not, is refused")
    func runTask() async throws {
        let world = try await DashboardWorld()
        #expect(await world.act("run-task", [("task", "bill")], as: world.bob).status == 200)
        #expect(await world.act("run-task", [("task", "rob")], as: world.bob).status == 400)
        #expect(await world.act("run-task", [], as: world.bob).code == "field_missing")
        #expect(await world.act("walk-dog", [], as: world.bob).status == 404)
        #expect(
            try await world.store.run("SELECT task, asked_by FROM worker_requests")
                == [["bill", "bob"]])
        #expect(try await world.audited("task_run_asked") == [["success", "bob"]])
    }

    @Test("only a signed operation without an outcome can be asked for again")
    func retry() async throws {
        let world = try await DashboardWorld()
        for text in ["", "x", "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"] {
            let answer = await world.act("retry-charge", [("charge", text)], as: world.alice)
            #expect([400, 409].contains(answer.status), "\(text)")
        }
        #expect(try await world.audited("chargeRetryAsked").isEmpty)
        #expect(try await world.store.value("SELECT count(*) FROM charge_retries") == "0")
    }

    @Test("below the limit one operator does; sent twice, it is done once")
    func below() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        let once = UUIDv7(from: world.world.time.surroundings).description
        for _ in 0..<2 {
            let answer = await world.act(
                "grant-credit", credit(1_000_000, once: once), as: world.alice)
            #expect(answer.status == 200)
        }
        #expect(try await credits(world) == [["1000000", "alice"]])
        #expect(try await world.audited("credit_granted") == [["success", "alice"]])
        let other = await world.act("grant-credit", credit(5, once: once), as: world.alice)
        #expect(other.code == "number_taken")
        let another = await world.act(
            "grant-credit", credit(1_000_000, once: once), as: world.bob)
        #expect(another.code == "number_taken")
    }

    @Test("above the limit nothing happens until another operator approves, and then once")
    func above() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        let asked = await world.act("grant-credit", credit(1_000_001), as: world.alice)
        #expect(asked.status == 202)
        #expect(try await credits(world).isEmpty)
        let id = [(name: "approval", value: try await approval(world))]
        let bob = try await world.signIn(world.bob)
        let page = await world.send("GET", "/actions/approve?approval=" + id[0].value, [bob])
        #expect(page.text.contains("1.000001 USDC") && page.text.contains("customer: 7"))
        #expect(await world.act("approve", id, as: world.alice).code == "same_person")
        #expect(await world.act("refuse", id, as: world.alice).code == "same_person")
        #expect(try await credits(world).isEmpty)
        #expect(await world.act("approve", id, as: world.bob).status == 200)
        #expect(try await credits(world) == [["1000001", "alice"]])
        #expect(await world.act("approve", id, as: world.bob).code == "not_waiting")
        #expect(await world.act("refuse", id, as: world.bob).code == "not_waiting")
        #expect(try await credits(world).count == 1)
        #expect(try await world.audited("approval_asked") == [["success", "alice"]])
        #expect(try await world.audited("approval_given") == [["success", "bob"]])
    }

    @Test("what one operator moved alone within a day counts towards the limit, each one's own")
    func together() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        for (amount, who, status) in [
            (600_000, world.alice, 200), (400_001, world.alice, 202), (400_000, world.alice, 200),
            (1, world.alice, 202), (1_000_000, world.bob, 200), (1, world.bob, 202),
        ] {
            let answer = await world.act("grant-credit", credit(amount), as: who)
            #expect(answer.status == status, "\(amount) by \(who.name)")
        }
        #expect(try await credits(world).count == 3)
        let nobody = [
            (name: "customer", value: "99"), (name: "amount", value: "1000000"),
            (name: "reason", value: "late"),
        ]
        world.world.time.advance(milliseconds: 86_400_000)
        #expect(
            await world.act("grant-credit", nobody, as: world.bob).code == "customer_unknown")
        #expect(await world.act("grant-credit", credit(1_000_000), as: world.bob).status == 200)
        world.world.time.advance(milliseconds: 86_400_000)
        #expect(await world.act("grant-credit", credit(1_000_000), as: world.alice).status == 200)
    }

    @Test("what was cut off before it was carried out is finished once, and cannot be refused")
    func unfinished() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        try await world.store.run(
            """
            INSERT INTO approvals (approval_id, action, fields, amount_micro_usdc, needs_approval,
                asked_by, asked_at)
            VALUES (gen_random_uuid(), 'grant_credit',
                '{"customer": "7", "amount": "5", "reason": "late"}', 5, false, 'alice', now());
            UPDATE approvals SET approval_id = overlay(overlay(approval_id::text
                placing '7' from 15) placing '8' from 20)::uuid
            """)
        let id = [(name: "approval", value: try await approval(world))]
        let page = await world.send("GET", "/approvals", [try await world.signIn(world.bob)]).text
        #expect(page.contains("/actions/approve") && !page.contains("/actions/refuse"))
        #expect(await world.act("refuse", id, as: world.bob).code == "not_waiting")
        #expect(try await credits(world).isEmpty)
        #expect(await world.act("approve", id, as: world.alice).status == 200)
        #expect(await world.act("approve", id, as: world.bob).code == "not_waiting")
        #expect(try await credits(world) == [["5", "alice"]])
    }

    @Test("what was refused is never done")
    func refused() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        _ = await world.act("grant-credit", credit(2_000_000), as: world.alice)
        let id = [(name: "approval", value: try await approval(world))]
        #expect(await world.act("refuse", id, as: world.bob).status == 200)
        #expect(await world.act("approve", id, as: world.bob).code == "not_waiting")
        #expect(try await credits(world).isEmpty)
        #expect(try await world.audited("approval_refused") == [["success", "bob"]])
    }

    @Test("asked for by two at the same moment, an approval is carried out once")
    func atOnce() async throws {
        let world = try await DashboardWorld()
        let carol = try await world.operators.add("carol", by: .null)
        try await world.world.brokenAccount(of: 7)
        _ = await world.act("grant-credit", credit(2_000_000), as: world.alice)
        let id = [(name: "approval", value: try await approval(world))]
        async let first = world.act("approve", id, as: world.bob)
        async let second = world.act("approve", id, as: carol)
        let statuses = [await first.status, await second.status]
        #expect(statuses.contains(200))
        #expect(try await credits(world).count == 1)
        #expect(try await world.audited("credit_granted").count == 1)
    }

    @Test("an account is freed with its balance as the measure")
    func unfreeze() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        try await world.store.run(
            """
            UPDATE escrow_accounts SET balance_micro_usdc = 5000000, frozen_for = 'amount',
                frozen_at = now();
            UPDATE escrow_breaks SET digest = decode(repeat('01', 32), 'hex')
            """)
        let number = try #require(try await world.store.value("SELECT break_id FROM escrow_breaks"))
        let form = [(name: "break", value: number), (name: "reason", value: "looked")]
        #expect(await world.act("accept-break", form, as: world.alice).status == 202)
        let frozen = "SELECT count(*) FROM escrow_accounts WHERE frozen_for IS NOT NULL"
        #expect(try await world.store.value(frozen) == "1")
        let id = [(name: "approval", value: try await approval(world))]
        #expect(await world.act("approve", id, as: world.bob).status == 200)
        #expect(try await world.store.value(frozen) == "0")
        #expect(
            try await world.store.value(
                """
                SELECT details->'operator' FROM audit_log WHERE action = 'break_accepted'
                """) == "{\"name\": \"alice\", \"approvedBy\": \"bob\"}")
        let again = await world.act("accept-break", form, as: world.alice)
        #expect(again.code == "not_open")
    }

    @Test(
        "what is asked for badly is refused before anything is stored",
        arguments: [
            ("grant-credit", [("customer", "0"), ("amount", "1"), ("reason", "x")]),
            ("grant-credit", [("customer", "7"), ("amount", "0"), ("reason", "x")]),
            ("grant-credit", [("customer", "7"), ("amount", "-1"), ("reason", "x")]),
            ("grant-credit", [("customer", "7"), ("amount", "1.5"), ("reason", "x")]),
            (
                "grant-credit",
                [("customer", "7"), ("amount", "99999999999999999999"), ("reason", "x")]
            ),
            ("grant-credit", [("customer", "7"), ("amount", "1"), ("reason", "a\nb")]),
            ("refund", [("charge", "7"), ("amount", "1"), ("reason", "x")]),
            ("accept-break", [("break", "-1"), ("reason", "x")]),
            ("approve", [("approval", "7")]),
            ("refuse", [("approval", "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a6")]),
        ] as [(String, [(String, String)])])
    func bad(action: String, fields: [(String, String)]) async throws {
        let world = try await DashboardWorld()
        let form = fields.map { (name: $0.0, value: $0.1) }
        #expect(await world.act(action, form, as: world.alice).status == 400)
        #expect(try await world.store.value("SELECT count(*) FROM approvals") == "0")
    }

    @Test("what cannot be done is refused, and the refusal stands on record")
    func impossible() async throws {
        let world = try await DashboardWorld()
        let refund = await world.act(
            "refund",
            [
                ("charge", "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"), ("amount", "5"),
                ("reason", "x"),
            ], as: world.alice)
        #expect(refund.code == "charge_unknown")
        #expect(
            await world.act("grant-credit", credit(5), as: world.alice).code == "customer_unknown")
        #expect(try await world.audited("refund_asked") == [["failure", "alice"]])
        #expect(try await world.audited("credit_granted") == [["failure", "alice"]])
        #expect(try await world.store.value("SELECT count(*) FROM charges") == "0")
    }

    @Test("a browser is asked for what is missing, then whether it is meant")
    func pages() async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        let questions = await world.send("GET", "/actions/refund?charge=%3Cb%3E", [cookie]).text
        #expect(questions.contains("method=\"get\"") && questions.contains("value=\"&lt;b&gt;\""))
        let confirm = await world.send(
            "GET", "/actions/refund?charge=x&amount=1250000&reason=r", [cookie]
        ).text
        #expect(confirm.contains("method=\"post\"") && confirm.contains("1.25 USDC"))
        #expect(confirm.contains("name=\"confirm\" value=\"yes\""))
        #expect(try await world.store.value("SELECT count(*) FROM approvals") == "0")
    }
}
