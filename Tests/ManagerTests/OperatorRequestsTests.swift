import Billing
import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers
import TestSupport
import Testing

@testable import Manager

/// What commands ask for goes the dashboard's way.
@Suite struct OperatorRequestsTests {
    private static func requests(_ world: DashboardWorld) -> OperatorRequests {
        OperatorRequests(
            database: world.world.database, surroundings: world.world.time.surroundings,
            above: MicroUSDC(1_000_000))
    }

    private static func number(_ world: DashboardWorld) -> UUIDv7 {
        UUIDv7(from: world.world.time.surroundings)
    }

    private static func credits(_ world: DashboardWorld) async throws -> [[String?]] {
        try await world.store.run(
            "SELECT amount_micro_usdc, granted_by, reason FROM billing_credits")
    }

    /// An invoice of 2 USDC that waits for money.
    private static func invoice(_ world: DashboardWorld) async throws -> String {
        let id = "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"
        try await world.store.run(
            """
            INSERT INTO billing_records (invoice_id, customer_id, state, reason, total_micro_usdc,
                price_version, obligation_mark, opened_at, closed_at)
            VALUES ('\(id)', 7, 'closed', 'threshold', 2000000, 1, uuid_send('\(id)'), now(), now())
            """)
        return id
    }

    @Test("a credit below the limit is granted once for its number, under the operator's name")
    func below() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        let number = Self.number(world)
        for _ in 0..<2 {
            let answer = try await Self.requests(world).ask(
                .grantCredit(customer: "7", amount: "1000000"), because: "late", number: number,
                secret: world.alice.secret)
            guard case .done = answer else {
                Issue.record("\(answer)")
                return
            }
        }
        #expect(try await Self.credits(world) == [["1000000", "alice", "late"]])
        #expect(try await world.audited("credit_granted") == [["success", "alice"]])
    }

    @Test("above the limit another operator has to approve it at the dashboard")
    func above() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        let answer = try await Self.requests(world).ask(
            .grantCredit(customer: "7", amount: "1000001"), because: "late",
            number: Self.number(world), secret: world.alice.secret)
        guard case .waits = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(try await Self.credits(world).isEmpty)
        let approval = try #require(
            try await world.store.value("SELECT approval_id::text FROM approvals"))
        let own = await world.act("approve", [("approval", approval)], as: world.alice)
        #expect(own.code == "same_person")
        #expect(try await Self.credits(world).isEmpty)
        #expect(
            await world.act("approve", [("approval", approval)], as: world.bob).status == 200)
        #expect(try await Self.credits(world) == [["1000001", "alice", "late"]])
    }

    @Test("an invoice above the limit is voided with another's approval")
    func void() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        let invoice = try await Self.invoice(world)
        let answer = try await Self.requests(world).ask(
            .voidInvoice(invoice), because: "ticket", number: Self.number(world),
            secret: world.bob.secret)
        guard case .waits = answer else {
            Issue.record("\(answer)")
            return
        }
        let state = "SELECT state FROM billing_records"
        #expect(try await world.store.value(state) == "closed")
        let approval = try #require(
            try await world.store.value("SELECT approval_id::text FROM approvals"))
        #expect(
            await world.act("approve", [("approval", approval)], as: world.alice).status == 200)
        #expect(try await world.store.value(state) == "void")
        #expect(try await world.audited("invoice_voided") == [["success", "bob"]])
    }

    @Test("who has no operator's secret, or was revoked, asks for nothing")
    func stranger() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        try await world.operators.revoke("bob", by: .null)
        for secret in ["", "alice", world.alice.secret + "x", world.bob.secret] {
            let answer = try await Self.requests(world).ask(
                .grantCredit(customer: "7", amount: "1"), because: "late",
                number: Self.number(world), secret: secret)
            #expect(answer == .stranger)
        }
        #expect(try await world.store.value("SELECT count(*) FROM approvals") == "0")
    }

    @Test("what is not understood or not there is refused with a code, and nothing is written")
    func refused() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        let unknown = "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a69"
        for (wish, reason, code) in [
            (OperatorRequests.Wish.grantCredit(customer: "7", amount: "0"), "x", "field_invalid"),
            (.grantCredit(customer: "7", amount: "-1"), "x", "field_invalid"),
            (.grantCredit(customer: "7", amount: "1.5"), "x", "field_invalid"),
            (.grantCredit(customer: "", amount: "1"), "x", "field_invalid"),
            (.grantCredit(customer: "7", amount: "1"), "", "field_invalid"),
            (.grantCredit(customer: "7", amount: "1"), "a\nb", "field_invalid"),
            (.grantCredit(customer: "8", amount: "1"), "x", "customer_unknown"),
            (.voidInvoice("x"), "x", "field_invalid"),
            (.voidInvoice(unknown), "x", "invoice_unknown"),
        ] {
            let answer = try await Self.requests(world).ask(
                wish, because: reason, number: Self.number(world), secret: world.alice.secret)
            guard case .refused(let found, _) = answer else {
                Issue.record("\(wish): \(answer)")
                continue
            }
            #expect(found == code, "\(wish)")
        }
        #expect(try await Self.credits(world).isEmpty)
    }

    @Test("a break is accepted by its account's balance: above the limit with another's approval")
    func acceptBreak() async throws {
        for (balance, needsAnother) in [(1_000_000, false), (1_000_001, true)] {
            let world = try await DashboardWorld()
            try await world.world.brokenAccount(of: 7)
            try await world.store.run(
                """
                UPDATE escrow_accounts SET balance_micro_usdc = \(balance), frozen_for = 'amount',
                    frozen_at = now();
                UPDATE escrow_breaks SET digest = decode(repeat('01', 32), 'hex')
                """)
            let number = try #require(
                try await world.store.value("SELECT break_id FROM escrow_breaks"))
            let frozen = "SELECT count(*) FROM escrow_accounts WHERE frozen_for IS NOT NULL"
            func ask(_ secret: String, _ number: String) async throws -> OperatorRequests.Answer {
                try await Self.requests(world).ask(
                    .acceptBreak(number), because: "looked", number: Self.number(world),
                    secret: secret)
            }
            #expect(try await ask("slo_x", number) == .stranger)
            for (wrong, code) in [("x", "field_invalid"), ("4711", "not_open")] {
                guard case .refused(code, _) = try await ask(world.alice.secret, wrong) else {
                    Issue.record("\(wrong)")
                    continue
                }
            }
            #expect(try await world.store.value(frozen) == "1")
            let answer = try await ask(world.alice.secret, number)
            if needsAnother {
                guard case .waits = answer else { throw TestFailure("\(answer)") }
                #expect(try await world.store.value(frozen) == "1")
                let approval = try #require(
                    try await world.store.value(
                        "SELECT approval_id::text FROM approvals WHERE needs_approval"))
                let form = [(name: "approval", value: approval)]
                #expect(await world.act("approve", form, as: world.bob).status == 200)
            } else {
                guard case .done = answer else { throw TestFailure("\(answer)") }
            }
            #expect(try await world.store.value(frozen) == "0")
            let person = "SELECT details->'operator'->>'name' FROM audit_log"
            #expect(
                try await world.store.value(person + " WHERE action = 'break_accepted'") == "alice")
            let page = try await world.page("/audit?operator=alice", as: world.bob)
            #expect("\(page)".contains("break_accepted"), "found by the operator's name")
        }
    }

    @Test("a service is suspended and lifted by an operator's secret, and by no other")
    func service() async throws {
        let world = try await DashboardWorld()
        try await world.world.brokenAccount(of: 7)
        try await world.store.run(
            """
            INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,
                seal_keys, packages_per_key, api_keys, created_at, changed_at)
            VALUES (7, 'seal', 'enabled', 'pro', false, 1, 1, 5, now(), now())
            """)
        func ask(
            _ wish: OperatorSuspensions.Deed, _ customer: String = "7", secret: String? = nil
        ) async throws -> OperatorRequests.Answer {
            try await Self.requests(world).ask(
                wish, "seal", of: customer, because: "ticket",
                secret: secret ?? world.alice.secret)
        }
        let state = "SELECT state FROM service_instances"
        #expect(try await ask(.suspend, secret: "slo_x") == .stranger)
        for (wish, customer, code) in [
            (OperatorSuspensions.Deed.suspend, "", "field_invalid"),
            (.suspend, "8", "service_unknown"), (.lift, "7", "not_suspended"),
        ] {
            guard case .refused(code, _) = try await ask(wish, customer) else {
                Issue.record("\(wish) of \(customer)")
                continue
            }
        }
        #expect(try await world.store.value(state) == "enabled")
        guard case .done = try await ask(.suspend) else { throw TestFailure("refused") }
        #expect(try await world.store.value(state) == "suspended_by_operator")
        guard case .done = try await ask(.lift) else { throw TestFailure("refused") }
        #expect(try await world.store.value(state) == "disabled")
        #expect(try await world.audited("service_suspended_by_operator") == [["success", "alice"]])
    }
}
