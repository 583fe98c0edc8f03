import Determinism
import HTTPTransport
import Observability
import SuiNodeClient
import SuiProtocol
import Testing

/// A node of another network is never used.
@Suite struct ChainIdentityTests {
    private static func chain(_ name: String) -> String {
        #"{"data":{"chainIdentifier":"\#(name)"}}"#
    }

    private static let wrong = ChainIdentifier.mainnet.genesis.description
    private static let right = TestWindow.chain.genesis.description

    private func read(_ nodes: SuiNodes) async throws -> NodeCheckpoints {
        try await nodes.checkpoints(
            TestWindow.range, ofModule: TestWindow.module, affecting: nil)
    }

    @Test("an answer of another network is none, however good")
    func answers() async throws {
        var window = TestWindow()
        window.chain = Self.wrong
        let foreign = try CannedNode(window.answer)
        let own = try CannedNode(TestWindow().answer)
        defer {
            foreign.stop()
            own.stop()
        }
        let alone = testNodes([.graphQL(foreign.url)])
        await #expect(throws: SuiNodeError.wrongChain) { try await read(alone) }
        #expect(!alone.isHealthy)
        let both = testNodes([.graphQL(foreign.url), .graphQL(own.url)])
        #expect(try await read(both).events.count == 4)
    }

    @Test("a node that changes its network between two questions is found out")
    func change() async throws {
        var window = TestWindow()
        window.chain = Self.wrong
        let answers = AnswerList([
            .json(Self.chain(Self.right)), TestWindow().answer, window.answer,
        ])
        let node = try CannedNode(answering: { _ in answers.next() })
        defer { node.stop() }
        let nodes = testNodes([.graphQL(node.url)])

        #expect(try await read(nodes).events.count == 4)
        await #expect(throws: SuiNodeError.wrongChain) { try await read(nodes) }
    }

    @Test("a node that showed another network is asked again after its rest, and by a look at all")
    func recovery() async throws {
        var window = TestWindow()
        window.chain = Self.wrong
        let answers = AnswerList([window.answer, TestWindow().answer])
        let node = try CannedNode(answering: { _ in answers.next() })
        defer { node.stop() }
        let nodes = testNodes([.graphQL(node.url)]) { $0.restMilliseconds = 0 }
        await #expect(throws: SuiNodeError.wrongChain) { try await read(nodes) }
        #expect(try await read(nodes).events.count == 4)
        #expect(nodes.isHealthy)

        let named = AnswerList([
            .json(Self.chain(Self.wrong)), .json(Self.chain(Self.right)), .html,
        ])
        let last = try CannedNode(answering: { _ in named.next() })
        defer { last.stop() }
        let alone = testNodes([.graphQL(last.url)]) { $0.restMilliseconds = 3_600_000 }
        _ = await alone.checkChain()
        #expect(!alone.isHealthy)
        await #expect(throws: SuiNodeError.wrongChain) { try await read(alone) }
        #expect(await alone.checkChain().isEmpty)
        #expect(alone.isHealthy)
    }

    @Test("bytes never go to a node of another network, nor before its network is known")
    func execution() async throws {
        for name in [Self.wrong, "", "35834a8a", "x"] {
            let foreign = try CannedNode(.json(Self.chain(name)))
            defer { foreign.stop() }
            let nodes = testNodes([.graphQL(foreign.url)]) { $0.restMilliseconds = 60_000 }
            for _ in 0..<3 {
                await #expect(throws: SuiNodeError.wrongChain) {
                    try await nodes.execute([1], signatures: [[2]])
                }
            }
            #expect(foreign.requests.count == 1)  // And it is not asked again at once.
            #expect(!foreign.requests.contains { $0.contains("executeTransaction") })
        }
        let unwell = try CannedNode(.html)
        defer { unwell.stop() }
        await #expect(throws: SuiNodeError.unavailable) {
            try await testNodes([.graphQL(unwell.url)]).execute([1], signatures: [[2]])
        }
        #expect(!unwell.requests.contains { $0.contains("executeTransaction") })
    }

    @Test("what may be another node after a failure is asked for its network again")
    func reconnect() async throws {
        let answers = AnswerList([
            .json(Self.chain(Self.right)), .cut, .cut, .json(Self.chain(Self.wrong)),
        ])
        let node = try CannedNode(answering: { _ in answers.next() })
        defer { node.stop() }
        let nodes = testNodes([.graphQL(node.url)])

        await #expect(throws: SuiNodeError.unavailable) {
            try await nodes.execute([1], signatures: [[2]])
        }
        await #expect(throws: SuiNodeError.wrongChain) {
            try await nodes.execute([1], signatures: [[2]])
        }
        #expect(node.requests.count { $0.contains("executeTransaction") } == 2)
    }

    @Test("JSON-RPC's short form is taken for the network and for no other")
    func shortForm() async throws {
        let short = try CannedNode(
            .json(#"{"jsonrpc":"2.0","id":1,"result":"\#(TestWindow.chain.shortForm)"}"#))
        let foreign = try CannedNode(.json(#"{"jsonrpc":"2.0","id":1,"result":"35834a8a"}"#))
        defer {
            short.stop()
            foreign.stop()
        }
        let nodes = testNodes([.jsonRPC(short.url), .jsonRPC(foreign.url)])
        let reports = await nodes.checkChain()

        #expect(reports.count == 1)
        guard case .wrongChain("35834a8a", let expected)? = reports.first?.outcome else {
            Issue.record("the foreign one was not told")
            return
        }
        #expect(expected == Self.right)
        #expect(reports.first?.endpoint == "127.0.0.1:\(foreign.port)")
    }

    @Test("a start tells the foreign and the silent ones, and nothing of the others")
    func start() async throws {
        let own = try CannedNode(.json(Self.chain(Self.right)))
        let foreign = try CannedNode(.json(Self.chain(Self.wrong)))
        let away = try AbsentNode()
        defer {
            away.stop()
            own.stop()
            foreign.stop()
        }
        let nodes = testNodes([.graphQL(own.url), .graphQL(away.url), .graphQL(foreign.url)])
        let reports = await nodes.checkChain()

        #expect(reports.map(\.endpoint) == [away.port, foreign.port].map { "127.0.0.1:\($0)" })
        guard case .silent? = reports.first?.outcome else {
            Issue.record("the one that is away was not told")
            return
        }
        guard case .wrongChain(Self.wrong, _)? = reports.last?.outcome else {
            Issue.record("the foreign one was not told")
            return
        }
    }

    @Test("where no network is configured, nodes are taken at their word")
    func unconfigured() async throws {
        var window = TestWindow()
        window.chain = "anything"
        let node = try CannedNode(window.answer)
        defer { node.stop() }
        let nodes = SuiNodes(
            [.graphQL(node.url)], chain: nil, client: .init(), surroundings: .live,
            logger: .disabled, metrics: MetricsRegistry())

        #expect(try await read(nodes).events.count == 4)
        #expect(await nodes.checkChain().isEmpty)
    }
}
