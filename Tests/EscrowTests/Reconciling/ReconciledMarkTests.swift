import Determinism
import Identifiers
import Storage
import TestSupport
import Testing

@testable import Escrow

/// Up to where the chain is not read again.
@Suite struct ReconciledMarkTests {
    private static func mark(_ world: ReconciledWorld) async throws -> Int64? {
        try await world.chain.base.database.reconciledMark()
    }

    @Test("one account's lasting discrepancy is told each time, and has nothing read twice")
    func lasting() async throws {
        let world = try await ReconciledWorld()
        try await world.tamper("escrow_accounts", "UPDATE escrow_accounts SET sequence = 7")
        #expect(try await world.run().summary.chain == 0...6)
        #expect(try await Self.mark(world) == 6)
        let again = try await world.run()
        #expect(again.summary.chain == nil)
        #expect(again.found.contains { $0.what == "mirrored sequence" })
        world.chain.add([])
        try await world.follower.catchUp(as: world.chain.base.leader)
        #expect(try await world.run().summary.chain == 7...7)
        #expect(try await Self.mark(world) == 7)
    }

    @Test("whatever only the chain's own events show has them read again, however small")
    func shownByChainAlone() async throws {
        let world = try await ReconciledWorld()
        try await world.tamper(
            "escrow_transactions",
            "UPDATE escrow_transactions SET checkpoint = 6 WHERE checkpoint = 5")
        for _ in 1...2 {
            let (summary, found) = try await world.run()
            #expect(summary.chain == 0...6)
            #expect(found.map(\.kind) == [.state])
            #expect(try await Self.mark(world) == nil)
        }
    }

    @Test("a leader remembers it, and one that was deposed meanwhile does not")
    func deposed() async throws {
        let world = try await ReconciledWorld()
        let base = world.chain.base
        try await base.store.run("UPDATE leader_generation SET counter = counter + 1")
        #expect(try await world.run(as: base.leader).summary.isClean)
        #expect(try await Self.mark(world) == nil)
        try await base.store.run("UPDATE leader_generation SET counter = counter - 1")
        #expect(try await world.run(as: base.leader).summary.isClean)
        #expect(try await Self.mark(world) == 6)
    }

    @Test("it goes neither back nor past what is booked")
    func bounds() async throws {
        let world = try await ReconciledWorld()
        let (database, now) = (world.chain.base.database, world.chain.base.time.surroundings.now())
        for (checkpoint, expected) in [(4, 4), (3, 4), (99, 6), (5, 6)] as [(Int64, Int64)] {
            try await database.setReconciledMark(checkpoint, at: now)
            #expect(try await Self.mark(world) == expected)
        }
    }

    @Test("one that is past what is booked, as of a database from before, is not believed")
    func ahead() async throws {
        let world = try await ReconciledWorld()
        try await world.chain.base.store.run(
            """
            INSERT INTO processing_state (name, checkpoint, epoch, updated_at)
            VALUES ('reconciled', 99, 0, now())
            """)
        #expect(try await world.run().summary.chain == 0...6)
        #expect(try await Self.mark(world) == 6)
    }
}
