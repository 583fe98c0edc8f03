import Testing

@testable import Escrow

/// Replays what the model of `Tests/Model` did through planning, signing and booking as they run:
/// with their statements, on a database, deciding what comes next by what they read of it.
///
/// Not part of it: nodes, which the model has not either; which of two leaders writes; and the fence
/// of a restored database until the follower has caught up.
@Suite struct ModelReplayTests {
    private static let shares = 4

    @Test("planning, signing and booking go every way that the model goes", arguments: 0..<shares)
    func replay(share: Int) async throws {
        let replay = try await ModelReplay()
        var steps = 0
        for trace in try ModelTrace.all() where trace.number % Self.shares == share {
            try await replay.begin(trace.balances)
            for step in trace.steps {
                try await replay.take(step)
                let seen = try await replay.seen()
                let said = try replay.said(step["after"])
                #expect(seen == said, "trace \(trace.number), step \(step)")
                guard seen == said else { return }
                steps += 1
            }
            try await replay.world.expectBalanced()
        }
        #expect(steps > 120)
    }
}
