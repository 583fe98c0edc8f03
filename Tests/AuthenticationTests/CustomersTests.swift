import Determinism
import Idempotency
import Identifiers
import TestSupport
import Testing

@testable import Authentication

@Suite struct CustomersTests {
    @Test("a name can be given, changed and taken away")
    func rename() async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id
        let customers = world.services.customers
        for name in ["Ada", "Ünï ✓", " a ", "👩\u{200D}🔬", String(repeating: "x", count: 64), nil] {
            let outcome = try await customers.rename(id, to: name, caller: world.caller)
            let found = try await customers.find(id)
            #expect(found.displayName == name)
            #expect(outcome == .done(found))
        }
    }

    @Test(
        "a name that is none is refused and nothing written",
        arguments: [
            "", String(repeating: "x", count: 65), "a\nb", "a\u{0}b", "\u{7F}", "\u{85}",
            " ", "\u{A0}\u{2003}", "\u{200B}", "\u{3164}\u{2800}", "a\u{202E}b", "\u{200F}a",
            "\u{2066}a\u{2069}", "a\u{61C}", "\u{E0020}",
        ])
    func refused(name: String) async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id

        await #expect(throws: CustomerError.displayNameInvalid) {
            try await world.services.customers.rename(id, to: name, caller: world.caller)
        }
        #expect(try await world.services.customers.find(id).displayName == nil)
    }

    @Test("a closed customer is not renamed, an unknown one not found")
    func closed() async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id
        try await world.testDatabase.run("UPDATE customers SET status = 'closed'")
        await #expect(throws: CustomerError.closed) {
            try await world.services.customers.rename(id, to: "x", caller: world.caller)
        }

        try await world.testDatabase.run("DELETE FROM sessions; DELETE FROM customers")
        await #expect(throws: CustomerError.unknown) {
            try await world.services.customers.find(id)
        }
        #expect(
            try await world.count(
                "SELECT count(*) FROM audit_log WHERE action = 'customer_renamed'")
                == 0)
    }

    private func request(of id: CustomerID, body: UInt8 = 1) -> KeyedRequest<Customer> {
        KeyedRequest(
            key: IdempotencyKey(
                caller: "customer/\(id)", route: "PATCH /v1/customer", key: "k",
                bodyHash: [UInt8](repeating: body, count: 32))
        ) { KeptAnswer(status: 200, fields: [], body: Array(($0.displayName ?? "").utf8)) }
    }

    @Test("under a key a customer is renamed once, with one record, however often it is asked")
    func keyed() async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id
        let customers = world.services.customers
        func rename(_ name: String?, _ body: UInt8) async throws -> KeyedOutcome<Customer> {
            try await customers.rename(
                id, to: name, caller: world.caller, under: request(of: id, body: body))
        }
        _ = try await rename("Ada", 1)
        _ = try await customers.rename(id, to: "Grace", caller: world.caller)

        #expect(
            try await rename("Ada", 1)
                == .repeated(KeptAnswer(status: 200, fields: [], body: Array("Ada".utf8))))
        await #expect(throws: CustomerError.keyRefused(.reused)) {
            try await rename("Alan", 2)
        }
        #expect(try await customers.find(id).displayName == "Grace")
        #expect(
            try await world.count(
                "SELECT count(*) FROM audit_log WHERE action = 'customer_renamed'") == 2)
    }

    @Test("a refusal leaves the key free")
    func keyedRefusal() async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id
        try await world.testDatabase.run("UPDATE customers SET status = 'closed'")
        await #expect(throws: CustomerError.closed) {
            try await world.services.customers.rename(
                id, to: "Ada", caller: world.caller, under: request(of: id))
        }
        #expect(try await world.count("SELECT count(*) FROM idempotency_keys") == 0)

        try await world.testDatabase.run("UPDATE customers SET status = 'active'")
        let outcome = try await world.services.customers.rename(
            id, to: "Alan", caller: world.caller, under: request(of: id, body: 2))
        #expect(outcome == .done(try await world.services.customers.find(id)))
    }

    @Test("answers go after 30 days, keys never")
    func answersExpire() async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id
        _ = try await world.services.customers.rename(
            id, to: "Ada", caller: world.caller, under: request(of: id))
        let rows = ExpiredRows(
            database: world.database, surroundings: world.clock.surroundings)
        let day: Int64 = 86_400_000
        let whole = "SELECT count(*) FROM idempotency_keys WHERE answer_body IS NOT NULL"

        world.clock.advance(milliseconds: 30 * day)
        try await rows.remove()
        #expect(try await world.count(whole) == 1)
        world.clock.advance(milliseconds: 1)
        try await rows.remove()
        #expect(try await world.count(whole) == 0)

        world.clock.advance(milliseconds: 1000 * day)
        try await rows.remove()
        let outcome = try await world.services.customers.rename(
            id, to: "Ada", caller: world.caller, under: request(of: id))
        #expect(outcome == .forgotten(made: nil))
    }
}
