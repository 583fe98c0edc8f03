import TestSupport
import Testing

@testable import Authentication

@Suite struct CustomersTests {
    @Test("a name can be given, changed and taken away")
    func rename() async throws {
        let world = try await AuthenticationWorld()
        let id = try await world.signIn(try Wallet()).customer.id
        let customers = world.services.customers
        for name in ["Ada", "Ünï ✓", String(repeating: "x", count: 64), nil] {
            let renamed = try await customers.rename(id, to: name, caller: world.caller)
            #expect(renamed.displayName == name)
            #expect(try await customers.find(id) == renamed)
        }
    }

    @Test(
        "a name that is none is refused and nothing written",
        arguments: ["", String(repeating: "x", count: 65), "a\nb", "a\u{0}b", "\u{7F}", "\u{85}"])
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
}
