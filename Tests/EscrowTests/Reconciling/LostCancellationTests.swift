import Identifiers
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

/// A cancellation says neither an amount nor a kind, so that of a lost operation no row is made.
@Suite struct LostCancellationTests {
    /// - Returns: what is found once the event is booked and no break tells of it any more.
    private static func found(
        _ world: ReconciledWorld, _ account: Int, _ sequence: UInt64, _ reference: [UInt8]
    ) async throws -> [Discrepancy.Kind] {
        world.chain.add([
            .cancelled(
                .init(
                    account: try Sample.address(account), sequence: sequence, reference: reference))
        ])
        try await world.follower.catchUp(as: world.chain.base.leader)
        try await world.tellObjects()
        try await world.tamper("escrow_breaks", "DELETE FROM escrow_breaks")
        return try await world.run().found.map(\.kind)
    }

    @Test(
        "that of an operation whose obligation is known of its account is no orphan",
        arguments: ["a", "b", "c", "d"])
    func known(key: String) async throws {
        let world = try await ReconciledWorld()
        let lost = try Sample.reference(4242, obligation: key).bytes
        #expect(try await Self.found(world, 1, 3, lost) == [])
        #expect(try await world.chain.base.count("charges") == 4)
    }

    @Test("that for what nobody knows, or knows of another account, is one")
    func unknown() async throws {
        for (account, sequence, key) in [(1, 3, "z"), (2, 1, "a")] as [(Int, UInt64, String)] {
            let world = try await ReconciledWorld()
            let lost = try Sample.reference(4242, obligation: key).bytes
            #expect(
                try await Self.found(world, account, sequence, lost).contains(.orphanEvent))
        }
    }

    @Test("that of an operation that is a row is one where the row says otherwise")
    func named() async throws {
        let world = try await ReconciledWorld()
        let reference = try await world.chain.base.reference(world.live)
        #expect(try await Self.found(world, 1, 3, reference) == [])
        try await world.tamper(
            "charges",
            """
            UPDATE charges SET state = 'planned', abandon_reason = NULL, outcome_digest = NULL,
                outcome_event_seq = NULL, outcome_sequence = NULL, outcome_checkpoint = NULL,
                ended_at = NULL WHERE charge_id = '\(world.live)'
            """)
        #expect(try await world.run().found.contains { $0.kind == .orphanEvent })
    }

    @Test("what is stored of the reference counts only where the event's bytes say the same")
    func tampered() async throws {
        let world = try await ReconciledWorld()
        let lost = try Sample.reference(4242, obligation: "z").bytes
        #expect(try await Self.found(world, 1, 3, lost).contains(.orphanEvent))
        try await world.tamper(
            "escrow_transactions",
            """
            UPDATE escrow_transactions SET reference = substr(reference, 1, 16)
                    || (SELECT obligation_mark FROM charges WHERE charge_id = '\(world.settled)')
             WHERE name = 'Cancelled'
            """)
        #expect(try await world.run().found.contains { $0.kind == .orphanEvent })
    }
}
