import Identifiers
import TestSupport
import Testing

@testable import Escrow

/// The bench plans charges by the thousand in one statement; what it measures afterwards counts only
/// if its rows are those of ``Charges/plan(_:)``.
@Suite struct BenchPlanTests {
    /// Accounts in the bench have no customer. The rest is never the same twice.
    private static let varying = [
        "charge_id", "account_id", "reference", "obligation_mark", "planned_at", "customer_id",
        "service", "entry_id", "at",
    ]

    /// One as the service plans it, and one by the bench.
    private func planned() async throws -> EscrowWorld {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        _ = try await world.charges.plan(world.newCharge(customer, 10, key: "a"))
        _ = try await world.customer(2, balance: 100)
        var statement = try RepositoryText.read("Tests/Bench/plan_charges.sql")
        for (name, value) in [("each", 1), ("amount", 10), ("accounts", 1), ("skip", 1)] {
            statement = statement.split(separator: "%(\(name))s", omittingEmptySubsequences: false)
                .joined(separator: String(value))
        }
        try await world.store.run(statement)
        return world
    }

    @Test("the bench's charges are planned as the service plans them")
    func same() async throws {
        let world = try await planned()
        let count = 2
        try await world.expectBalanced()
        #expect(try await world.count("charges", where: "state = 'planned'") == count)
        #expect(try await world.count("ledger_entries", where: "purpose = 'hold'") == count)
        let varying = Self.varying.joined(separator: "','")
        for table in ["charges", "ledger_entries WHERE purpose = 'hold'"] {
            let parts = table.split(separator: " ", maxSplits: 1)
            let kinds = try await world.store.run(
                """
                SELECT DISTINCT replace((to_jsonb(t) - ARRAY['\(varying)'])::text,
                    encode(account_id, 'hex'), 'ID')
                  FROM \(parts[0]) AS t \(parts.count > 1 ? parts[1] : "")
                """)
            #expect(kinds.count == 1, "\(kinds)")
        }
        #expect(
            try await world.count("escrow_accounts", where: "held_micro_usdc = 10") == count)
        #expect(
            try await world.count(
                "charges",
                where: "octet_length(reference) = 32 AND substr(reference, 17) = obligation_mark"
                    + " AND get_byte(uuid_send(charge_id), 6) >> 4 = 7") == count)
    }
}
