import ByteCodecs
import Determinism
import Identifiers
import Observability
import SuiNodeClient
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

/// What strangers write on a chain, through a node's own process and either of its wires.
@Suite struct HostileChainTests {
    @Test(
        "strangers' operators, wrappers, look-alikes, dust and presents: booked right or stored raw",
        arguments: [true, false])
    func strangers(graphQL: Bool) async throws {
        let world = try await EngineWorld(graphQL: graphQL)
        let follower = HostileFollower(world)
        let leader = try #require(try await Leadership(direct: world.direct).take(as: "test"))
        let customer = try await world.customer(11, balance: 1_000_000)
        let other = try await world.customer(12, balance: 1_000_000)
        try await follower.catchUp(as: leader) { try await world.count("escrow_accounts") == 2 }
        let account = try await world.account(of: customer)
        let wallet = try EngineWorld.key(11)
        let planned = try await world.plan(customer, 100, key: "a")

        try await strangersOperator(world, forging: planned)
        try await lookalike(world, forging: planned)
        try await secondAccount(world, of: wallet)
        try await presents(world, to: account, from: try EngineWorld.key(12))
        try await world.perform(by: wallet) { [contract = world.contract] builder in
            try contract.setSpendingLimit(UInt64(Int64.max), of: account, in: &builder)
        }
        let tip = try await world.nodes.status().tip
        try await follower.catchUp(as: leader) { follower.follower.lastStep?.mark ?? 0 >= tip }

        #expect(try await world.state(planned) == .planned)
        let row = try #require(try await world.database.primaryAccount(of: customer))
        #expect(row.mirror.id.bytes == account.id.bytes)
        #expect(row.mirror.balance == MicroUSDC(1_000_000 + 300 + 7 + 5))
        #expect(row.mirror.spendingLimit == .max)
        #expect(row.mirror.freeze == nil)
        #expect(try await world.count("escrow_accounts") == 3)
        #expect(try await world.count("escrow_accounts", where: "is_primary") == 2)
        #expect(
            try await world.count(
                "escrow_transactions", where: "standing = 'foreign' AND kind = 'charged'") == 1)
        #expect(try await world.count("escrow_breaks") == 0)
        #expect(try await world.database.primaryAccount(of: other)?.mirror.sequence == 0)
        try await world.expectTruth()
        let found = Collected()
        let summary = try await Reconciliation(
            database: world.database, node: world.nodes, contracts: [world.contract],
            operators: [world.operatorObject.id], surroundings: .live
        ).run(found: { found.add($0) })
        #expect(found.all == [])
        #expect(summary.objects == 3)
        #expect(summary.chain != nil)

        // Both are charged as if nothing had been: by the engine, from the same database.
        try await world.direct.releaseLeaderLock()
        try await world.start()
        let bystander = try await world.plan(other, 50, key: "b")
        try await world.waitFor(.settled, of: [planned, bystander])
        await world.stop()
        #expect(try await world.database.primaryAccount(of: other)?.mirror.sequence == 1)
        try await world.expectTruth()
    }

    @Test(
        "whatever the node does to its answers, each event is booked once",
        arguments: [
            "answer_lost", "answer_cut", "timeout_before", "server_error", "html",
            "too_many_requests", "duplicate_events", "shuffled_events", "index_lag", "stale_reads",
        ])
    func faults(fault: String) async throws {
        let world = try await EngineWorld(graphQL: fault.utf8.count % 2 == 0)
        let leader = try #require(try await Leadership(direct: world.direct).take(as: "test"))
        let customer = try await world.customer(11, balance: 1000)
        let other = try await world.customer(12, balance: 1000)
        let follower = HostileFollower(world)
        try await follower.catchUp(as: leader) { try await world.count("escrow_accounts") == 2 }
        let account = try await world.account(of: customer)
        for _ in 1...3 {
            try await dust(world, into: account, by: try EngineWorld.key(12), count: 20)
        }
        try await world.fail(
            fault, probability: "0.3", amount: fault == "too_many_requests" ? 1 : 50)
        let run = Task { try await follower.follower.run(as: leader) }
        let isBooked = try await eventually {
            try await world.database.primaryAccount(of: customer)?.mirror.balance
                == MicroUSDC(1060)
        }
        try await world.endFaults()
        // It may have asked to be left alone for a second.
        let answers = await eventually { (try? await world.nodes.status()) != nil }
        #expect(answers)
        let mirror = try await world.database.primaryAccount(of: customer)?.mirror
        #expect(
            isBooked,
            "\(String(describing: follower.follower.fault)), \(String(describing: mirror))")
        run.cancel()
        try await run.value
        #expect(try await world.count("escrow_breaks") == 0)
        #expect(try await world.database.primaryAccount(of: other)?.mirror.balance.units == 1000)
        try await world.expectTruth()
    }

    // MARK: - What strangers do

    /// Anyone can have an operator, open accounts with it, and charge them with our references.
    private func strangersOperator(_ world: EngineWorld, forging id: ChargeID) async throws {
        let stranger = try EngineWorld.key(66)
        try await world.fund(stranger.address)
        let made = try await world.perform(by: stranger) { [contract = world.contract] builder in
            try contract.createOperator(
                charger: stranger.address, treasury: stranger.address, in: &builder)
        }
        guard case .operatorCreated(let event)? = try world.events(of: made).first else {
            Issue.record("no operator")
            return
        }
        try await forge(
            world, id, on: event.operator, of: world.contract, by: stranger)
    }

    private func lookalike(_ world: EngineWorld, forging id: ChargeID) async throws {
        let stranger = try EngineWorld.key(67)
        try await world.fund(stranger.address)
        let copy = EscrowContract(
            package: try await world.genesis("lookalike"), coin: world.contract.coin)
        let made = try await world.perform(by: stranger) { builder in
            try copy.createOperator(
                charger: stranger.address, treasury: stranger.address, in: &builder)
        }
        guard case .operatorCreated(let event)? = try world.events(of: made, copy).first else {
            Issue.record("no operator")
            return
        }
        try await forge(world, id, on: event.operator, of: copy, by: stranger)
    }

    /// An account of the stranger's own, charged with the reference of one of our charges.
    private func forge(
        _ world: EngineWorld, _ id: ChargeID, on operatorID: ObjectID, of contract: EscrowContract,
        by stranger: SuiPrivateKey
    ) async throws {
        let shared = try await world.shared(operatorID)
        let coin = try await world.money(500, for: stranger.address)
        let opened = try await world.perform(by: stranger) { builder in
            let payment = try builder.coin(of: contract.coin, amount: 500, from: [coin])
            try contract.open(shared, spendingLimit: 0, payment: payment, in: &builder)
        }
        let account = try #require(
            try world.events(of: opened, contract).compactMap { event -> ObjectID? in
                guard case .accountOpened(let opening) = event else { return nil }
                return opening.account
            }.first)
        let target = try await world.shared(account)
        let reference = try #require(try await world.charges.find(id)).reference.bytes
        try await world.perform(by: stranger) { builder in
            try contract.charge(
                [.init(account: target, sequence: 1, amount: 100, reference: reference)],
                for: shared, in: &builder)
        }
    }

    private func secondAccount(_ world: EngineWorld, of wallet: SuiPrivateKey) async throws {
        let coin = try await world.money(500, for: wallet.address)
        try await world.perform(by: wallet) {
            [contract = world.contract, operatorObject = world.operatorObject] builder in
            let payment = try builder.coin(of: contract.coin, amount: 500, from: [coin])
            try contract.open(
                operatorObject, spendingLimit: 0, payment: payment, in: &builder)
        }
    }

    /// Dust, a deposit through somebody's wrapper, and a coin sent to the account's address.
    private func presents(
        _ world: EngineWorld, to account: SharedObject, from giver: SuiPrivateKey
    ) async throws {
        try await dust(world, into: account, by: giver, count: 300)
        let wrapper = EscrowContract(
            package: try await world.genesis("wrapper"), coin: world.contract.coin)
        let coin = try await world.money(7, for: giver.address)
        try await world.perform(by: giver) { builder in
            let payment = try builder.coin(of: wrapper.coin, amount: 7, from: [coin])
            try wrapper.deposit(payment, into: account, in: &builder)
        }
        try await world.mint(world.contract.coin, 5, to: account.id)
        let sent = try #require(
            await eventuallyValue {
                try? await world.nodes.coins(of: account.id, type: world.contract.coin, limit: 1)
                    .first
            })
        try await world.perform(by: giver) { [contract = world.contract] builder in
            try contract.receive(sent.reference, into: account, in: &builder)
        }
    }

    private func dust(
        _ world: EngineWorld, into account: SharedObject, by giver: SuiPrivateKey, count: Int
    ) async throws {
        let coin = try await world.money(Int64(count), for: giver.address)
        try await world.perform(by: giver) { [contract = world.contract] builder in
            for _ in 0..<count {
                let grain = try builder.splitCoins(
                    builder.owned(coin.reference), amounts: [1])
                try contract.deposit(grain[0], into: account, in: &builder)
            }
        }
    }
}

/// A follower of the world's node.
private struct HostileFollower {
    let follower: Follower

    init(_ world: EngineWorld) {
        var limits = FollowerLimits()
        limits.pollMilliseconds = 20
        limits.retryMilliseconds = 100
        follower = Follower(
            node: world.nodes, contracts: [world.contract], charger: world.charger.address,
            bookkeeper: Bookkeeper(
                database: world.database, surroundings: .live,
                operators: [world.operatorObject.id]),
            logger: .disabled, metrics: world.metrics, surroundings: .live, limits: limits)
    }

    func catchUp(
        as leader: Generation, until isThere: @Sendable () async throws -> Bool
    ) async throws {
        let isBooked = try await eventually {
            try await follower.catchUp(as: leader)
            return try await isThere()
        }
        #expect(isBooked)
    }
}

extension SuiNodes {
    /// With the wallet's newest gas coin; nil while the index knows an older one.
    fileprivate func executed(
        _ contents: TransactionBuilder, by key: SuiPrivateKey
    ) async -> NodeTransaction? {
        let coins = try? await coins(of: key.address, type: KnownCoin.sui.type, limit: 1)
        guard let coin = coins?.first else { return nil }
        let gas = GasData(
            payment: [coin.reference], owner: key.address, price: 1000, budget: 2_000_000_000)
        let data = try? contents.finish(sender: key.address, gas: gas, expiration: .epoch(100))
        guard let bytes = data?.bcs else { return nil }
        return try? await execute(bytes, signatures: [key.sign(.transaction(bytes))])
    }
}

extension EngineWorld {
    func fund(_ address: SuiAddress) async throws {
        try await mint(KnownCoin.sui.type, 10_000_000_000, to: address)
    }

    /// A coin of its own with exactly so much in it, which nothing has spent yet.
    fileprivate func money(_ amount: Int64, for owner: SuiAddress) async throws -> CoinHolding {
        let known = try await nodes.coins(of: owner, type: contract.coin, limit: 50)
        try await mint(contract.coin, amount, to: owner)
        let found = await eventuallyValue { [nodes, contract] in
            try? await nodes.coins(of: owner, type: contract.coin, limit: 50).first { coin in
                !known.contains { $0.reference.id == coin.reference.id }
            }
        }
        return try #require(found)
    }

    /// Runs a transaction with the wallet's newest gas coin, and waits until the index knows it.
    @discardableResult
    fileprivate func perform(
        by key: SuiPrivateKey, _ build: (inout TransactionBuilder) throws -> Void
    ) async throws -> NodeTransaction {
        var builder = TransactionBuilder()
        try build(&builder)
        let done = await eventuallyValue { [nodes, contents = builder] in
            await nodes.executed(contents, by: key)
        }
        let transaction = try #require(done)
        #expect(transaction.status == .success)
        let gas = try #require(transaction.gas?.object)
        let isIndexed = await eventually { [nodes] in
            let coins = try? await nodes.coins(of: key.address, type: KnownCoin.sui.type, limit: 1)
            return coins?.first.map { $0.reference.version >= gas.version } ?? false
        }
        #expect(isIndexed)
        return try #require(try await nodes.transactions([transaction.digest]).values.first)
    }

    fileprivate func events(
        of transaction: NodeTransaction, _ contract: EscrowContract? = nil
    ) throws -> [EscrowEvent] {
        try transaction.events.compactMap {
            try (contract ?? self.contract).event(type: $0.type, bcs: $0.bcs)
        }
    }

    fileprivate func shared(_ id: ObjectID) async throws -> SharedObject {
        let version = await eventuallyValue { [nodes] () -> UInt64? in
            let object = try? await nodes.objects([id])[id]
            guard let owner = object?.owner, case .shared(initialVersion: let version) = owner
            else { return nil }
            return version
        }
        return SharedObject(id: id, initialVersion: try #require(version))
    }

    fileprivate func genesis(_ name: String) async throws -> ObjectID {
        let dump = try await control("mock_dump")
        guard case .object(let packages)? = dump["packages"] else {
            throw TestFailure("no packages")
        }
        return try ObjectID(parsing: packages.text(name))
    }
}
