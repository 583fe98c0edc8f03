import Determinism
import Identifiers
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

/// What the follower tells the engine beside outcomes: gas, failures, versions.
@Suite struct ChargerFollowingTests {
    @Test("a failed batch is told with the command that failed, and its gas version is free again")
    func failedBatch() async throws {
        let world = try await FollowerWorld()
        world.add(
            [try EscrowWorld.opened(1)],
            transactions: [try world.transaction(1, coins: [try world.held(50, version: 1)])])
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        let gas = try Sample.gas(50, version: 1)
        let signed = try await signed(world, gas: gas)
        let failure = NodeFailure(message: "MoveAbort \0 in charge", abortCode: 6, command: 3)
        world.add(
            [],
            transactions: [
                try world.transaction(
                    signed, failure: failure, coins: [try world.held(50, version: 9)]),
                try world.transaction(4243, failure: failure, coins: []),
            ])
        try await follower.catchUp(as: world.base.leader)
        let rows = try await world.base.store.run(
            "SELECT command, abort_code, message, checkpoint FROM charge_failures")
        #expect(rows == [["3", "6", "MoveAbort  in charge", "2"]])
        #expect(try await world.base.count("gas_claims", where: "released_at IS NOT NULL") == 1)
        #expect(try await world.base.count("gas_coins", where: "gas_version = 9") == 1)
        #expect(try await world.base.count("charges", where: "state = 'signed'") == 1)
    }

    @Test(
        "a coin that is merged away or given away is no gas any more",
        arguments: ["gone", "given"])
    func goneCoin(how: String) async throws {
        let world = try await FollowerWorld()
        world.add(
            [try EscrowWorld.opened(1)],
            transactions: [
                try world.transaction(
                    1, coins: [try world.held(50, version: 1), try world.held(60, version: 1)])
            ])
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        let gas = try Sample.gas(50, version: 1)
        _ = try await signed(world, gas: gas)
        let change: NodeCoinChange =
            how == "gone"
            ? .init(id: gas.id, state: .gone)
            : .init(
                id: gas.id,
                state: .held(
                    try Sample.gas(50, version: 2), by: try Sample.address(5), balance: 7))
        world.add(
            [],
            transactions: [
                try world.transaction(
                    2, gas: try Sample.gas(60, version: 2),
                    coins: [change, try world.held(60, version: 2)])
            ])
        // A stale node still tells of the coin.
        world.node.write { $0.coins = [CoinHolding(gas, balance: 9)] }
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.count("gas_coins", where: "is_gone") == 1)
        #expect(try await world.base.count("gas_coins", where: "NOT is_gone") == 1)
        #expect(try await world.base.count("gas_claims", where: "released_at IS NOT NULL") == 1)
        // It comes back in a later version.
        world.add(
            [], transactions: [try world.transaction(3, coins: [try world.held(50, version: 8)])])
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.count("gas_coins", where: "is_gone") == 0)
    }

    @Test("coins that the charger had before are found, and what is known is not overwritten")
    func discovery() async throws {
        let world = try await FollowerWorld()
        let old = try Sample.gas(50, version: 3)
        let known = try Sample.gas(60, version: 2)
        world.add(
            [], transactions: [try world.transaction(1, coins: [try world.held(60, version: 4)])])
        world.node.write {
            $0.coins = [CoinHolding(old, balance: 10), CoinHolding(known, balance: 20)]
        }
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        let rows = try await world.base.store.run(
            "SELECT gas_version, balance FROM gas_coins ORDER BY gas_version")
        #expect(rows == [["3", "10"], ["4", "1000000"]])
        // A strangers' coin is none of ours.
        world.add(
            [],
            transactions: [
                try world.transaction(
                    2,
                    coins: [
                        .init(
                            id: try Sample.address(70),
                            state: .held(
                                try Sample.gas(70, version: 4), by: try Sample.address(5),
                                balance: 1))
                    ])
            ])
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.count("gas_coins") == 2)
    }

    @Test("a charger with nothing to pay with is looked at every second, one with gas every 15 s")
    func topUp() async throws {
        let world = try await FollowerWorld()
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        for (coin, milliseconds) in [(50, Int64(1000)), (60, 1000), (70, 15_000)] {
            let balance: UInt64 = coin == 50 ? 99_999_999 : 100_000_000
            let arrived = CoinHolding(try Sample.gas(coin, version: 3), balance: balance)
            world.node.write { $0.coins.append(arrived) }
            let before = try await world.base.count("gas_coins")
            world.base.time.advance(milliseconds: milliseconds - 1)
            try await follower.catchUp(as: world.base.leader)
            #expect(try await world.base.count("gas_coins") == before)
            world.base.time.advance(milliseconds: 1)
            try await follower.catchUp(as: world.base.leader)
            #expect(try await world.base.count("gas_coins") == before + 1)
        }
    }

    @Test("a clock that was set back puts no look for gas off")
    func clockSetBack() async throws {
        let world = try await FollowerWorld()
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        let coin = CoinHolding(try Sample.gas(50, version: 3), balance: 10)
        world.node.write { $0.coins = [coin] }
        world.base.time.advance(milliseconds: -3_600_000)
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.count("gas_coins") == 1)
    }

    @Test("an older gone than what the node told of does not take the newer version away")
    func goneBeforeDiscovery() async throws {
        let world = try await FollowerWorld()
        let gas = try Sample.gas(50, version: 7)
        let follower = world.follower()
        world.node.write { $0.coins = [CoinHolding(gas, balance: 10)] }
        try await follower.catchUp(as: world.base.leader)
        for version in [nil, UInt64(5)] {
            world.add(
                [],
                transactions: [
                    try world.transaction(
                        2, gas: try version.map { try Sample.gas(60, version: $0) },
                        coins: [.init(id: gas.id, state: .gone)])
                ])
            try await follower.catchUp(as: world.base.leader)
            #expect(try await world.base.count("gas_coins", where: "is_gone") == 0)
        }
    }

    @Test(
        "a coin that a node told of beside a tip that cannot be goes with the checkpoint that says so",
        arguments: [(1_000_000_000, false), (1_000_000_000, true), (Int64.max - 1, true)])
    func goneAfterLie(ahead: Int64, isRestarted: Bool) async throws {
        let world = try await FollowerWorld()
        if isRestarted { try await world.follower().catchUp(as: world.base.leader) }
        let gas = try Sample.gas(50, version: 7)
        world.node.write {
            $0.coins = [CoinHolding(gas, balance: 10)]
            $0.tipAhead = ahead
        }
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.count("gas_coins", where: "NOT is_gone") == 1)
        world.add(
            [],
            transactions: [try world.transaction(2, coins: [.init(id: gas.id, state: .gone)])])
        world.node.write { $0.coins = [] }
        try await follower.catchUp(as: world.base.leader)
        #expect(try await world.base.count("gas_coins", where: "NOT is_gone") == 0)
    }

    @Test("since when an account is shared is booked with it, or asked for")
    func versions() async throws {
        let world = try await FollowerWorld()
        world.add([try EscrowWorld.opened(1)], version: 41)
        world.add([try EscrowWorld.opened(2)], version: nil)
        let follower = world.follower()
        try await follower.catchUp(as: world.base.leader)
        #expect(
            try await world.base.count(
                "escrow_accounts", where: "initial_shared_version IS NULL") == 1)
        let object = NodeObject(
            reference: try Sample.gas(2, version: 60), owner: .shared(initialVersion: 42),
            type: nil, bcs: nil)
        world.node.write { $0.objects[object.reference.id] = object }
        try await follower.catchUp(as: world.base.leader)
        let rows = try await world.base.store.run(
            "SELECT initial_shared_version FROM escrow_accounts ORDER BY account_id")
        #expect(rows == [["41"], ["42"]])
    }

    /// A charge of account 1, signed with the coin.
    private func signed(_ world: FollowerWorld, gas: ObjectReference) async throws -> Int {
        try await world.base.store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            SELECT 1, owner, now() FROM escrow_accounts
            """)
        try await world.base.store.run("UPDATE escrow_accounts SET balance_micro_usdc = 100")
        let customer = try #require(CustomerID(1))
        let id = try await world.base.charges.plan(
            world.base.newCharge(customer, 10, key: "a")
        ).id
        let batch = try await world.base.batch(.charge, [(id, 1)], gas: gas, digest: 4242)
        #expect(try await world.base.signing.sign(batch, as: world.base.leader) == .signed)
        return 4242
    }
}
