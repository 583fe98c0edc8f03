import ByteCodecs
import Determinism
import HTTPTransport
import Observability
import SuiNodeClient
import SuiProtocol
import Testing

/// What a GraphQL service may say of a range and must not be believed.
@Suite struct GraphQLWindowTests {
    private func read(_ nodes: SuiNodes) async throws -> NodeCheckpoints {
        try await nodes.checkpoints(
            TestWindow.range, ofModule: TestWindow.module, affecting: nil)
    }

    @Test("a whole range is taken as it is told")
    func straight() async throws {
        let node = try CannedNode(TestWindow().answer)
        defer { node.stop() }
        let read = try await read(testNodes([.graphQL(node.url)]))

        #expect(read.events.map(\.sequence) == [0, 1, 0, 0])
        #expect(read.events.map(\.checkpoint) == [10, 10, 12, 20])
        #expect(read.events[0].lamportVersion == 7 && read.events[0].bcs == [1, 2])
        #expect(read.epoch == 3 && read.at?.rfc3339 == "2026-11-20T10:00:00.000Z")
        #expect(node.requests.count == 1)
    }

    static let lies: [Lie] = [
        Lie("an event twice") { $0.events.insert($0.events[2], at: 3) },
        Lie("an event again, later") { $0.events.append($0.events[0]) },
        Lie("events of a transaction out of order") { $0.events.swapAt(0, 1) },
        Lie("a transaction's events apart") { $0.events.swapAt(1, 2) },
        Lie("checkpoints out of order") { $0.events.swapAt(2, 3) },
        Lie("a page turned round") {
            $0.startCursor = "c3"
            $0.endCursor = "c0"
        },
        Lie("ends of another page") { $0.endCursor = "c9" },
        Lie("an event before the range") { $0.events[0].checkpoint = 9 },
        Lie("an event after the range") { $0.events[3].checkpoint = 21 },
        Lie("an event of a failed transaction") { $0.events[1].status = "FAILURE" },
        Lie("another package's event") { $0.events[1].type = "0x3::account::Charged" },
        Lie("another module's event") { $0.events[1].type = "0x2::accounts::Charged" },
        Lie("a type that is none") { $0.events[1].type = "Charged" },
        Lie("more to come and no cursor") {
            $0.hasNext = true
            $0.events = []
            $0.endCursor = .null
        },
        Lie("the last checkpoint missing") { $0.hasHead = false },
        Lie("an answer and an error") {
            $0.errors = [["message": "x", "extensions": ["code": "REQUEST_TIMEOUT"]]]
        },
        Lie("an answer and a refusal") {
            $0.errors = [["message": "x", "extensions": ["code": "BAD_USER_INPUT"]]]
        },
        Lie("a page of a website", .html), Lie("half an answer", .cut),
        Lie("no answer", .raw("")), Lie("nothing in it", .json("{}")),
        Lie("no data", .json(#"{"data":null}"#)), Lie("a list", .json("[]")),
        Lie("a server's fault", .json("", status: 502)),
        Lie("a word of no protocol", .raw("hello")),
        Lie("too much", .json(String(repeating: " ", count: 70_000))),
    ]

    @Test("what is no whole range is nobody's, and the next node is asked", arguments: lies)
    func refusals(lie: Lie) async throws {
        let lying = try CannedNode(lie.answer)
        let honest = try CannedNode(TestWindow().answer)
        defer {
            lying.stop()
            honest.stop()
        }
        let change = { (limits: inout SuiNodeLimits) in limits.pageLimit = 65_536 }
        let alone = testNodes([.graphQL(lying.url)], change)
        await #expect(throws: SuiNodeError.unavailable) { try await read(alone) }
        #expect(!alone.isHealthy)

        let both = testNodes([.graphQL(lying.url), .graphQL(honest.url)], change)
        #expect(try await read(both).events.count == 4)
    }

    @Test("a fault that passes costs another attempt and not the range")
    func passing() async throws {
        let good = TestWindow().answer
        let answers = AnswerList([.html, .json("", status: 503), good])
        let node = try CannedNode(answering: { _ in answers.next() })
        defer { node.stop() }

        #expect(try await read(testNodes([.graphQL(node.url)])).events.count == 4)
        #expect(node.requests.count == 3)
    }

    // MARK: - How far a node has come

    @Test("one that lags behind is not asked for what it cannot know to be missing")
    func lagging() async throws {
        var behind = TestWindow()
        behind.available = 0...19
        behind.events.removeLast()
        let lagging = try CannedNode(behind.answer)
        let ahead = try CannedNode(TestWindow().answer)
        defer {
            lagging.stop()
            ahead.stop()
        }
        let alone = testNodes([.graphQL(lagging.url)])
        await #expect(throws: SuiNodeError.notIndexed(indexed: 19)) { try await read(alone) }
        #expect(alone.isHealthy)

        let both = testNodes([.graphQL(lagging.url), .graphQL(ahead.url)])
        #expect(try await read(both).events.count == 4)
    }

    @Test("a page from a replica that lags spoils the whole, though the first page was whole")
    func laggingPage() async throws {
        var first = TestWindow()
        first.hasNext = true
        first.events.removeLast()
        var second = TestWindow()
        second.events = [.init(transaction: 3, checkpoint: 20)]
        second.available = 0...19
        let answers = AnswerList([first.answer, second.answer])
        let node = try CannedNode(answering: { _ in answers.next() })
        defer { node.stop() }

        await #expect(throws: SuiNodeError.notIndexed(indexed: 19)) {
            try await read(testNodes([.graphQL(node.url)]))
        }
    }

    @Test("history that is gone is told by where it begins, unless another node has it")
    func pruned() async throws {
        var short = TestWindow()
        short.available = 11...25
        short.events.removeFirst(2)
        let pruned = try CannedNode(short.answer)
        let archive = try CannedNode(TestWindow().answer)
        let away = try AbsentNode()
        defer {
            away.stop()
            pruned.stop()
            archive.stop()
        }
        await #expect(throws: SuiNodeError.historyPruned(firstAvailable: 11)) {
            try await read(testNodes([.graphQL(pruned.url)]))
        }
        let both = testNodes([.graphQL(pruned.url), .graphQL(archive.url)])
        #expect(try await read(both).events.count == 4)
        // The one that is away may have it.
        await #expect(throws: SuiNodeError.unavailable) {
            try await read(testNodes([.graphQL(pruned.url), .graphQL(away.url)]))
        }
    }

    // MARK: - Limits

    @Test("a node that wants to be left alone is, for as long as it says")
    func retryAfter() async throws {
        let busy = try CannedNode(.tooMany(retryAfter: 60))
        defer { busy.stop() }
        let nodes = testNodes([.graphQL(busy.url)])
        for _ in 0..<3 {
            await #expect(throws: SuiNodeError.unavailable) { try await read(nodes) }
        }
        #expect(busy.requests.count == 1)
        #expect(!nodes.isHealthy)
    }

    @Test("a short wish to be left alone is waited for")
    func shortRetryAfter() async throws {
        let answers = AnswerList([.tooMany(retryAfter: 0), TestWindow().answer])
        let node = try CannedNode(answering: { _ in answers.next() })
        defer { node.stop() }

        #expect(try await read(testNodes([.graphQL(node.url)])).events.count == 4)
    }

    @Test("silence ends, for one node and for all together")
    func silence() async throws {
        let silent = try [CannedNode(.silence), CannedNode(.silence), CannedNode(.silence)]
        defer { for node in silent { node.stop() } }
        let nodes = testNodes(silent.map { .graphQL($0.url) }) {
            $0.endpointMilliseconds = 150
            $0.readMilliseconds = 200
        }
        await #expect(throws: SuiNodeError.unavailable) { try await read(nodes) }
        #expect(silent[0].requests.count == 1)  // What was late once is not asked again here.
        #expect(silent[2].requests.isEmpty)
    }
}

extension GraphQLWindowTests {
    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: CannedNode.Answer

        init(_ name: String, _ change: (inout TestWindow) -> Void) {
            testDescription = name
            var window = TestWindow()
            change(&window)
            answer = window.answer
        }

        init(_ name: String, _ answer: CannedNode.Answer) {
            testDescription = name
            self.answer = answer
        }
    }
}
