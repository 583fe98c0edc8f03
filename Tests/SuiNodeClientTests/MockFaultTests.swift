import ByteCodecs
import SuiNodeClient
import SuiProtocol
import Testing

/// Whatever goes wrong at the simulated node, a read gives all of a range or an error, and the
/// same bytes run once.
@Suite struct MockFaultTests {
    static let faults = [
        "answer_lost", "answer_cut", "too_many_requests", "server_error", "html", "wrong_chain",
        "stale_reads", "index_lag", "duplicate_events", "shuffled_events", "not_found",
    ]

    /// A chain with some events and transactions of Alice's.
    private func scene() async throws -> Scene {
        let stage = try await NodeStage("--checkpoint-ms", "0", "--index-lag", "0")
        try await stage.mint(KnownCoin.sui.type, 10_000_000_000, to: stage.alice.address)
        for amount in UInt64(1)...3 {
            try await stage.run(by: stage.alice) { builder in
                for _ in 0..<2 {
                    try stage.contract.createOperator(
                        charger: stage.alice.address, treasury: stage.alice.address, in: &builder)
                }
                let parts = try builder.splitCoins(.gasCoin, amounts: [amount])
                try builder.transferObjects(parts, to: stage.alice.address)
            }
        }
        let range = 0...(try await stage.graphQL.status().indexed)
        let whole = try await stage.graphQL.checkpoints(
            range, ofModule: stage.contract.events, affecting: stage.alice.address)
        return Scene(stage: stage, range: range, whole: whole)
    }

    private func read(
        _ scene: Scene, _ address: NodeAddress, within milliseconds: Int64 = 3_000
    ) async throws -> NodeCheckpoints {
        let nodes = scene.stage.nodes([address]) {
            $0.readMilliseconds = milliseconds
            $0.endpointMilliseconds = max($0.endpointMilliseconds, milliseconds)
            $0.attempts = 4
        }
        return try await nodes.checkpoints(
            scene.range, ofModule: scene.stage.contract.events,
            affecting: scene.stage.alice.address)
    }

    @Test("a fault that stays is an error and never a part of the range")
    func lasting() async throws {
        let scene = try await scene()
        #expect(scene.whole.events.count >= 6 && scene.whole.transactions.count == 3)
        for address in [
            NodeAddress.graphQL(scene.stage.process.graphQLURL), .jsonRPC(scene.stage.process.url),
        ] {
            for fault in Self.faults {
                try await scene.stage.fail(fault)
                do {
                    let read = try await read(scene, address)
                    #expect(read == scene.whole, "\(fault) \(address.wire)")
                } catch let error as SuiNodeError {
                    if fault == "wrong_chain" { #expect(error == .wrongChain) }
                    if fault == "index_lag", address.wire == .graphQL {
                        guard case .notIndexed = error else {
                            Issue.record("\(error) of a node that lags")
                            continue
                        }
                    }
                }
            }
        }
    }

    @Test("a fault that passes costs time and nothing else")
    func passing() async throws {
        let scene = try await scene()
        for address in [
            NodeAddress.graphQL(scene.stage.process.graphQLURL), .jsonRPC(scene.stage.process.url),
        ] {
            for fault in ["answer_lost", "answer_cut", "server_error", "html"] {
                try await scene.stage.fail(fault, count: 2)
                #expect(
                    try await read(scene, address, within: 60_000) == scene.whole,
                    "\(fault) \(address.wire)")
            }
        }
        for fault in ["duplicate_events", "shuffled_events"] {
            try await scene.stage.fail(fault, method: "events", count: 2)
            let read = try await read(
                scene, .graphQL(scene.stage.process.graphQLURL), within: 60_000)
            #expect(read == scene.whole, "\(fault)")
        }
    }

    @Test("an answer that was lost after execution is asked for again with the same bytes")
    func lostAnswer() async throws {
        let scene = try await scene()
        let stage = scene.stage
        for (fault, nodes) in [
            ("answer_lost", stage.graphQL), ("answer_cut", stage.jsonRPC), ("html", stage.graphQL),
        ] {
            let (bytes, signatures) = try await stage.signed(by: stage.alice) { builder in
                let parts = try builder.splitCoins(.gasCoin, amounts: [7])
                try builder.transferObjects(parts, to: stage.charger.address)
            }
            let before = try await stage.graphQL.balance(
                of: stage.charger.address, coin: KnownCoin.sui.type)
            try await stage.fail(fault, method: "execute", count: 1)
            let run = try await nodes.execute(bytes, signatures: signatures)
            let after = try await stage.graphQL.balance(
                of: stage.charger.address, coin: KnownCoin.sui.type)

            #expect(run.succeeded && run.digest == TransactionDigest(hashing: bytes))
            #expect(after.inCoins == before.inCoins + 7)
        }
    }

    @Test("where no answer comes at all, what was sent stays open and can be looked up")
    func openOutcome() async throws {
        let scene = try await scene()
        let stage = scene.stage
        for nodes in [stage.graphQL, stage.jsonRPC] {
            let (bytes, signatures) = try await stage.signed(by: stage.alice) { builder in
                let parts = try builder.splitCoins(.gasCoin, amounts: [1])
                try builder.transferObjects(parts, to: stage.charger.address)
            }
            try await stage.fail("answer_lost", method: "execute")
            await #expect(throws: SuiNodeError.unavailable) {
                try await nodes.execute(bytes, signatures: signatures)
            }
            try await stage.control("mock_setFaults", ["seed": 1, "rules": []])
            let digest = TransactionDigest(hashing: bytes)
            let found = try await nodes.transactions([digest])
            #expect(found[digest]?.succeeded == true && found[digest]?.checkpoint != nil)
        }
    }
}

extension MockFaultTests {
    fileprivate struct Scene {
        let stage: NodeStage
        let range: ClosedRange<Int64>
        let whole: NodeCheckpoints
    }
}
