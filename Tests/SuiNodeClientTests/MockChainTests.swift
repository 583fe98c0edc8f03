import ByteCodecs
import Determinism
import SuiNodeClient
import SuiProtocol
import Testing

/// Everything that is asked of a node, against the simulated one.
@Suite struct MockChainTests {
    /// An account is opened, charged, charged in vain and emptied; the charger splits its gas.
    private struct Chain {
        let stage: NodeStage
        let account: SharedObject
        let digests: [TransactionDigest]
        /// From genesis to a checkpoint that holds all of it.
        let range: ClosedRange<Int64>
    }

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
}
