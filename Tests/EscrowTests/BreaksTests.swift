import ByteCodecs
import Determinism
import Identifiers
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct BreaksTests {
    private static let foreign = [UInt8](repeating: 9, count: 32)

    /// An account with two breaks: a charge of nobody's, and a balance that does not follow.
    private func frozen() async throws -> (world: EscrowWorld, breaks: Breaks, open: [OpenBreak]) {
        let world = try await EscrowWorld()
        _ = try await world.customer(1, balance: 100)
        try await world.book(
            2, [(1, try EscrowWorld.charged(1, 1, 40, Self.foreign, after: 50))])
        let breaks = Breaks(database: world.database, surroundings: world.time.surroundings)
        let open = try await breaks.open()
        #expect(Set(open.map(\.what)) == [.strangerReference, .balance])
        #expect(try open.allSatisfy { try $0.account == Sample.account(1) })
        return (world, breaks, open)
    }

    @Test("an account is charged again once each of its breaks is accepted, and no sooner")
    func eachOne() async throws {
        let (world, breaks, open) = try await frozen()
        let charge = try world.newCharge(#require(CustomerID(1)), 10, key: "a")

        let first = try await breaks.accept(open[0].number, because: "seen", by: .null)
        #expect(first == .accepted(open[0], left: 1))
        #expect(try await breaks.open() == [open[1]])
        await #expect(throws: (any Error).self) { try await world.charges.plan(charge) }

        let second = try await breaks.accept(open[1].number, because: "seen", by: .null)
        #expect(second == .accepted(open[1], left: 0))
        _ = try await world.charges.plan(charge)
        try await world.expectBalanced()
    }

    @Test("who accepted it and why is in the audit log, once")
    func audited() async throws {
        let (world, breaks, open) = try await frozen()
        _ = try await breaks.accept(
            open[0].number, because: "ticket 17", by: ["user": "ops", "host": "h1"])
        let record = """
            action = 'break_accepted' AND outcome = 'success' AND reason = '\(open[0].name)'
                AND details->>'because' = 'ticket 17' AND details->'operator'->>'user' = 'ops'
                AND details->>'account' = '\(open[0].account)' AND details->>'stillOpen' = '1'
            """
        #expect(try await world.count("audit_log", where: record) == 1)
        #expect(
            try await breaks.accept(open[0].number, because: "again", by: .null) == .notOpen)
        #expect(try await breaks.accept(4711, because: "none", by: .null) == .notOpen)
        #expect(try await world.count("audit_log", where: "action = 'break_accepted'") == 1)
    }

    @Test("what is raised after somebody looked stays open")
    func later() async throws {
        let (world, breaks, open) = try await frozen()
        try await world.book(
            77, [(1, try EscrowWorld.charged(1, 2, 10, Self.foreign, after: 40))])
        for found in open {
            _ = try await breaks.accept(found.number, because: "seen", by: .null)
        }
        let left = try await breaks.open().map(\.what)
        #expect(left == [.unexpectedOutcome])
        #expect(try await world.count("escrow_accounts", where: "frozen_for IS NOT NULL") == 1)
    }

    @Test("two who accept the same one at once: one of them has")
    func atOnce() async throws {
        let (world, breaks, open) = try await frozen()
        async let one = breaks.accept(open[0].number, because: "one", by: .null)
        async let other = breaks.accept(open[0].number, because: "other", by: .null)
        let outcomes = try await [one, other]
        #expect(outcomes.count { $0 == .notOpen } == 1)
        #expect(try await world.count("audit_log", where: "action = 'break_accepted'") == 1)
    }
}
