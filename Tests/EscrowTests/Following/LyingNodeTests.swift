import SuiProtocol
import TestSupport
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

    @Test(
        "an epoch that no chain could have reached is not believed, and harms nothing",
        arguments: [3, 1_000_000, UInt64(Int64.max) - 1, UInt64(Int64.max), .max], [false, true])
    func epochAhead(epoch: UInt64, isRestarted: Bool) async throws {
        let world = try await FollowerWorld()
        world.add([])
        let gas = try Sample.gas(1, version: 1)
        var follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        let claim = GasCoin(reference: gas, balance: 1)
        #expect(
            try await world.base.bookkeeper.discover(
                [claim], checkpoint: 1, as: world.base.leader) == 1)
        try await world.base.store.run(
            """
            INSERT INTO gas_claims (lineage, gas_object, gas_version, last_epoch, claimed_at)
            VALUES ('\\x01', '\\x\(gas.id.description.dropFirst(2))', 1, 2, now())
            """)
        world.add([])
        world.node.write { $0.epoch = epoch }
        if isRestarted { follower = world.follower() }
        await #expect(throws: FollowerError.contradiction(.epoch)) {
            try await follower.catchUp(as: world.base.leader)
        }
        #expect(try await world.base.bookkeeper.standing()?.epoch == 1)
        #expect(try await world.base.count("gas_claims", where: "released_at IS NULL") == 1)
        world.node.write { $0.epoch = 2 }
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.bookkeeper.standing()?.epoch == 2)
        #expect(try await world.base.count("gas_claims", where: "released_at IS NULL") == 1)
    }

    @Test("a follower that begins takes the epoch that the chain is in, and then counts from it")
    func epochAtStart() async throws {
        let world = try await FollowerWorld()
        world.node.write { $0.epoch = 900 }
        try await world.follower().catchUp(as: world.base.leader)
        #expect(try await world.base.bookkeeper.standing()?.epoch == 900)
        world.add([])
        world.node.write { $0.epoch = 902 }
        await #expect(throws: FollowerError.contradiction(.epoch)) {
            try await world.follower().catchUp(as: world.base.leader)
        }
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
