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
}
