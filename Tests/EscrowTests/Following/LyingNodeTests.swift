import SuiProtocol
import Testing

@testable import Escrow

@Suite struct LyingNodeTests {
    @Test(
        "an answer that contradicts itself or the question is not booked",
        arguments: [
            ("range", FollowerError.Contradiction.otherRange), ("outside", .outsideRange),
            ("order", .order), ("sequence", .order), ("ahead", .epoch), ("undated", .undated),
            ("transaction", .outsideRange),
        ])
    func contradiction(lie: String, expected: FollowerError.Contradiction) async throws {
        let world = try await FollowerWorld()
        world.add([try EscrowWorld.opened(1), try EscrowWorld.deposited(1, 5, 5)])
        world.add([try EscrowWorld.deposited(1, 5, 10)])
        let stray = try world.transaction(900, coins: [])
        world.node.write {
            $0.distort = { Self.distorted($0, lie, stray) }
        }
        await #expect(throws: FollowerError.contradiction(expected)) {
            try await world.follower().catchUp(as: world.base.leader)
        }
        #expect(try await world.base.count("escrow_accounts") == 0)
        world.node.write { $0.distort = nil }
        try await world.follower().catchUp(as: world.base.leader)
        #expect(try await world.balance(1) == 10)
    }

    private static func distorted(
        _ answer: NodeCheckpoints, _ lie: String, _ stray: NodeTransaction
    ) -> NodeCheckpoints {
        var range = answer.range
        var epoch = answer.epoch
        var events = answer.events
        var transactions = answer.transactions
        switch lie {
        case "range": range = range.lowerBound...(range.upperBound + 1)
        case "outside": events[2] = moved(events[2], to: 99)
        case "order": events.swapAt(0, 2)
        case "sequence": events.swapAt(0, 1)
        case "ahead": epoch += 1
        case "undated": events[0] = moved(events[0], to: nil)
        default: transactions = [stray]
        }
        return NodeCheckpoints(
            range: range, epoch: epoch, events: events, transactions: transactions, at: answer.at)
    }

    private static func moved(_ event: NodeEvent, to checkpoint: Int64?) -> NodeEvent {
        NodeEvent(
            transaction: event.transaction, sequence: event.sequence, checkpoint: checkpoint,
            at: event.at, type: event.type, bcs: event.bcs, lamportVersion: event.lamportVersion)
    }

    @Test("an epoch never runs backwards: an expiration that passed would be taken back")
    func epochBackwards() async throws {
        let world = try await FollowerWorld()
        world.node.write { $0.epoch = 5 }
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        world.add([])
        world.node.write { $0.epoch = 4 }
        await #expect(throws: FollowerError.contradiction(.epoch)) {
            try await follower.catchUp(as: world.base.leader)
        }
    }
}
