import ByteCodecs
import Determinism
import SuiNodeClient
import SuiProtocol
import Testing

/// Everything that is asked of a node, against the simulated one.
@Suite struct MockChainTests {
    private func chain() async throws -> Chain {
        let stage = try await NodeStage("--checkpoint-ms", "0", "--index-lag", "0")
        let usdc = stage.contract.coin
        try await stage.mint(KnownCoin.sui.type, 10_000_000_000, to: stage.charger.address)
        try await stage.mint(KnownCoin.sui.type, 10_000_000_000, to: stage.alice.address)
        try await stage.mint(usdc, 25_000_000, to: stage.alice.address)
        let coins = try await stage.graphQL.coins(of: stage.alice.address, type: usdc, limit: 5)
        let opening = try await stage.run(by: stage.alice) { builder in
            let payment = try builder.coin(of: usdc, amount: 20_000_000, from: coins)
            try stage.contract.open(
                stage.operatorObject, spendingLimit: 0, payment: payment, in: &builder)
        }
        let opened = try #require(
            try await stage.graphQL.transactions([opening.digest])[opening.digest])
        let event = try #require(opened.events.first)
        guard
            case .accountOpened(let facts)? = try stage.contract.event(
                type: event.type, bcs: event.bcs)
        else { throw MockNodeProcess.Failure(what: "no account was opened") }
        let account = SharedObject(
            id: facts.account, initialVersion: try #require(event.lamportVersion))
        let charging = try await stage.run(by: stage.charger) { builder in
            try stage.contract.charge(
                [.init(account: account, sequence: 1, amount: 1_500_000, reference: [1])],
                for: stage.operatorObject, in: &builder)
        }
        let splitting = try await stage.run(by: stage.charger) { builder in
            let parts = try builder.splitCoins(.gasCoin, amounts: [1_000_000_000, 2_000_000_000])
            try builder.transferObjects(parts, to: stage.charger.address)
        }
        let failing = try await stage.run(by: stage.charger) { builder in
            let coin = try stage.contract.withdraw(1, from: account, in: &builder)
            try builder.transferObjects([coin], to: stage.charger.address)
        }
        let tip = try await stage.graphQL.status().indexed
        return Chain(
            stage: stage, account: account,
            digests: [opening, charging, splitting, failing].map(\.digest), range: 0...tip)
    }

    @Test("a range of checkpoints tells every event and the charger's own transactions")
    func checkpoints() async throws {
        let chain = try await chain()
        let stage = chain.stage
        let read = try await stage.graphQL.checkpoints(
            chain.range, ofModule: stage.contract.events, affecting: stage.charger.address)

        let names = read.events.map(\.type.name.description)
        #expect(names.contains("AccountOpened") && names.contains("Charged"))
        #expect(read.events.allSatisfy { $0.type.package == stage.contract.package })
        #expect(read.events.allSatisfy { $0.lamportVersion != nil && $0.at != nil })
        #expect(read.range == chain.range)
        #expect(read.epoch == 0)
        #expect(read.at != nil)
        let own = Array(chain.digests.dropFirst())
        #expect(read.transactions.map(\.digest) == own)
        let split = try #require(read.transactions.first { $0.digest == chain.digests[2] })
        #expect(split.suiCoins.count == 3)
        #expect(split.gas.map { $0.cost > 0 } == true)
        let failed = try #require(read.transactions.last)
        guard case .failure(let failure) = failed.status else {
            Issue.record("the stranger's withdrawal went through")
            return
        }
        #expect(failure.abortCode != nil)
        #expect(failure.command == 0)
        #expect(failed.checkpoint != nil)
    }

    @Test("both wire formats tell the same of one chain")
    func equality() async throws {
        let chain = try await chain()
        let stage = chain.stage
        let module = stage.contract.events
        let (graphQL, jsonRPC) = (stage.graphQL, stage.jsonRPC)
        for address in [nil, stage.charger.address, stage.alice.address] {
            let read = try await graphQL.checkpoints(
                chain.range, ofModule: module, affecting: address)
            #expect(
                try await jsonRPC.checkpoints(chain.range, ofModule: module, affecting: address)
                    == read)
            #expect(!read.events.isEmpty)
        }
        let unknown = TransactionDigest(hashing: [1])
        let found = try await graphQL.transactions(chain.digests + [unknown])
        #expect(try await jsonRPC.transactions(chain.digests + [unknown]) == found)
        #expect(Set(found.keys) == Set(chain.digests))
        #expect(found[chain.digests[1]]?.events.isEmpty == false)

        let coins = try await graphQL.coins(
            of: stage.charger.address, type: KnownCoin.sui.type, limit: 2)
        #expect(
            try await jsonRPC.coins(
                of: stage.charger.address, type: KnownCoin.sui.type, limit: 2) == coins)
        #expect(coins.count == 2 && coins[0].balance > coins[1].balance)
        let ids = [chain.account.id, stage.operatorObject.id, coins[0].reference.id, .moveLibrary]
        let objects = try await graphQL.objects(ids)
        #expect(try await jsonRPC.objects(ids) == objects)
        #expect(objects[chain.account.id]?.type == stage.contract.accountType)
        #expect(objects[coins[0].reference.id]?.reference == coins[0].reference)
        #expect(objects[.moveLibrary] == nil)
        for coin in [stage.contract.coin, KnownCoin.sui.type] {
            let balance = try await graphQL.balance(of: stage.alice.address, coin: coin)
            #expect(try await jsonRPC.balance(of: stage.alice.address, coin: coin) == balance)
            #expect(balance.inCoins > 0)
        }
    }

    @Test("status names the chain in the form of the wire, and where it stands")
    func status() async throws {
        let stage = try await NodeStage("--checkpoint-ms", "0", "--index-lag", "0")
        for _ in 0..<3 { try await stage.mint(KnownCoin.sui.type, 1, to: stage.alice.address) }
        let (first, second) = (try await stage.graphQL.status(), try await stage.jsonRPC.status())

        #expect(first.chain == stage.chain.genesis.description)
        #expect(second.chain == stage.chain.shortForm)
        #expect(first.tip >= 3 && second.tip >= first.tip)
        #expect(first.indexed == first.tip && second.indexed == second.tip)
        #expect(first.epoch == second.epoch)
        #expect(first.firstAvailable == 0 && second.firstAvailable == 0)
    }

    @Test("both wire formats run the same bytes once and simulate them alike")
    func execution() async throws {
        let stage = try await NodeStage("--checkpoint-ms", "0", "--index-lag", "0")
        try await stage.mint(KnownCoin.sui.type, 10_000_000_000, to: stage.alice.address)
        let (bytes, signatures) = try await stage.signed(by: stage.alice) { builder in
            let parts = try builder.splitCoins(.gasCoin, amounts: [5])
            try builder.transferObjects(parts, to: stage.charger.address)
        }
        let simulated = try await stage.graphQL.simulate(bytes)
        #expect(simulated.status == .success && simulated.gas.computation > 0)
        #expect(try await stage.jsonRPC.simulate(bytes) == simulated)

        let run = try await stage.jsonRPC.execute(bytes, signatures: signatures)
        #expect(try await stage.graphQL.execute(bytes, signatures: signatures) == run)
        #expect(run.succeeded && run.digest == TransactionDigest(hashing: bytes))
        let balance = try await stage.graphQL.balance(
            of: stage.charger.address, coin: KnownCoin.sui.type)
        #expect(balance.inCoins == 5)

        // Its gas coin is another one by now, so other bytes over the old one are refused.
        var other = try TransactionData(bcs: bytes)
        other.gas.budget += 1
        let refused = [try Base64.decode(stage.alice.sign(other))]
        for nodes in [stage.graphQL, stage.jsonRPC] {
            await #expect(throws: SuiNodeError.self) {
                try await nodes.execute(other.bcs, signatures: refused)
            }
            await #expect(throws: SuiNodeError.self) { try await nodes.simulate(other.bcs) }
        }
    }
}

extension MockChainTests {
    /// An account is opened, charged, charged in vain and emptied; the charger splits its gas.
    fileprivate struct Chain {
        let stage: NodeStage
        let account: SharedObject
        let digests: [TransactionDigest]
        /// From genesis to a checkpoint that holds all of it.
        let range: ClosedRange<Int64>
    }
}
