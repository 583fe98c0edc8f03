import ByteCodecs
import Determinism
import HTTPTransport
import SuiNodeClient
import SuiProtocol
import Testing

/// What a JSON-RPC service may say of a range and must not be believed.
@Suite struct JSONRPCWindowTests {
    private func read(_ service: Service) async throws -> NodeCheckpoints {
        let node = try CannedNode(answering: service.answer)
        defer { node.stop() }
        return try await testNodes([.jsonRPC(node.url)]).checkpoints(
            TestWindow.range, ofModule: TestWindow.module, affecting: try SuiAddress(parsing: "0xb")
        )
    }

    @Test("events of the module are read, and nobody else's have to be understood")
    func straight() async throws {
        var service = Service()
        let deep = String(repeating: "[", count: 120) + String(repeating: "]", count: 120)
        var strange = Service.event("0x2::account::Charged<0xzz", 1)
        if case .object(var object) = strange {
            object["type"] = "0x9::strange::Thing<\(String(repeating: "vector<", count: 40))"
            object["bcs"] = "???"
            object["parsedJson"] = try JSONValue.parse(
                Array(deep.utf8), limits: .init(depth: 200, values: 1000))
            strange = .object(object)
        }
        let events = [
            Service.event("0x02::account::Charged", 0), strange,
            Service.event("0x3::account::Charged", 2), Service.event("0x2::accounts::Charged", 3),
            Service.event("0x2::account::Declined<0x2::a::B>", 4),
        ]
        service.transactions[1] = Service.transaction(1, in: 12, events: events)
        let read = try await read(service)

        #expect(read.events.map(\.sequence) == [0, 4])
        #expect(read.events.map(\.checkpoint) == [12, 12])
        #expect(read.events.allSatisfy { $0.lamportVersion == 7 })
        #expect(read.epoch == 3 && read.at == Timestamp(milliseconds: 2000))
        #expect(read.transactions.isEmpty)
    }

    static let lies: [Lie] = [
        Lie("checkpoints with a gap") { $0.checkpoints.remove(at: 4) },
        Lie("checkpoints turned round") { $0.checkpoints.reverse() },
        Lie("a checkpoint twice") { $0.checkpoints.insert($0.checkpoints[3], at: 3) },
        Lie("checkpoints before those asked for") { $0.checkpoints.insert((9, []), at: 0) },
        Lie("a transaction of another checkpoint") {
            $0.transactions[2] = Service.transaction(2, in: 13)
        },
        Lie("a transaction in two checkpoints") { $0.checkpoints[5].transactions = [1] },
        Lie("another transaction than the one asked for") {
            $0.transactions[2] = Service.transaction(3, in: 12)
        },
        Lie("an event of another transaction") {
            $0.transactions[1] = Service.transaction(
                1, in: 12, events: [Service.event("0x2::account::Charged", 0, of: 2)])
        },
        Lie("an event left out") {
            $0.transactions[1] = Service.transaction(
                1, in: 12, events: [Service.event("0x2::account::Charged", 1)])
        },
        Lie("an event twice") {
            let event = Service.event("0x2::account::Charged", 0)
            $0.transactions[1] = Service.transaction(1, in: 12, events: [event, event])
        },
        Lie("contents that are none") {
            $0.transactions[1] = Service.transaction(
                1, in: 12, events: [Service.event("0x2::account::Charged", 0, bcs: "???")])
        },
        Lie("a status that is none") { service in
            service.transactions[2]?["effects"] = ["status": ["status": "perhaps"]]
        },
        Lie("fewer answers than questions") {
            $0.instead["sui_multiGetTransactionBlocks"] = #"{"jsonrpc":"2.0","id":1,"result":[]}"#
        },
        Lie("an answer to another question") {
            $0.instead["sui_getCheckpoints"] = #"{"jsonrpc":"2.0","id":2,"result":{"data":[]}}"#
        },
        Lie("the public network, where it is switched off") {
            $0.instead["sui_getCheckpoints"] =
                #"{"jsonrpc":"2.0","error":{"code":-32601,"message":"deprecated"},"id":null}"#
        },
        Lie("busy") {
            $0.instead["sui_multiGetTransactionBlocks"] =
                #"{"jsonrpc":"2.0","error":{"code":-32604,"message":"busy"},"id":1}"#
        },
        Lie("a page of a website") { $0.instead["sui_getCheckpoints"] = "<html></html>" },
    ]

    @Test("what is no whole range is none", arguments: lies)
    func refusals(lie: Lie) async throws {
        await #expect(throws: SuiNodeError.unavailable) { try await read(lie.service) }
    }

    @Test("a checkpoint that is listed before what is in it can be read is not yet there")
    func notIndexed() async throws {
        var service = Service()
        service.transactions[3] = nil
        await #expect(throws: SuiNodeError.notIndexed(indexed: 19)) { try await read(service) }

        service.transactions[2]?["checkpoint"] = nil
        await #expect(throws: SuiNodeError.notIndexed(indexed: 11)) { try await read(service) }

        // So far behind the tip, it will not come any more.
        service.tip = 100_000
        await #expect(throws: SuiNodeError.historyPruned(firstAvailable: 13)) {
            try await read(service)
        }
    }

    @Test("a node that has not come so far says where it is")
    func behind() async throws {
        var service = Service()
        service.checkpoints.removeLast(3)
        service.hasNext = false
        await #expect(throws: SuiNodeError.notIndexed(indexed: 17)) { try await read(service) }

        service.checkpoints = []
        service.tip = 9
        await #expect(throws: SuiNodeError.notIndexed(indexed: 9)) { try await read(service) }
    }

    @Test("a node that has thrown away the beginning says where its history begins")
    func pruned() async throws {
        var service = Service()
        service.checkpoints.removeFirst(2)
        await #expect(throws: SuiNodeError.historyPruned(firstAvailable: 12)) {
            try await read(service)
        }
    }

    static let strangeBytes: [JSONValue?] = [
        nil, .null, "", "???",
        // Other data, other signatures, none, more than one transaction's, less than an intent.
        .string(Base64.encode([1, 0, 0, 0, 9, 1, 1, 4])),
        .string(Base64.encode([1, 0, 0, 0, 2, 1, 1, 5])), .string(Base64.encode([1, 0, 0, 0, 2])),
        .string(Base64.encode([1, 0, 0, 0, 2, 1, 1, 4, 0])), .string(Base64.encode([1, 1, 4])),
    ]

    @Test(
        "bytes that are left out or do not have the digest they are told under are no transaction",
        arguments: strangeBytes)
    func lyingDigest(bytes: JSONValue?) async throws {
        var service = Service()
        let node = try CannedNode { [service] in service.answer($0) }
        defer { node.stop() }
        let nodes = testNodes([.jsonRPC(node.url)])
        #expect(try await nodes.transactions([TestWindow.digest(2)]).count == 1)
        service.transactions[2]?["rawTransaction"] = bytes
        let liar = try CannedNode(answering: service.answer)
        defer { liar.stop() }
        let others = testNodes([.jsonRPC(liar.url)])
        await #expect(throws: SuiNodeError.unavailable) {
            try await others.transactions([TestWindow.digest(2)])
        }
        // The charger's own are asked for with theirs; of others' only events are taken.
        await #expect(throws: SuiNodeError.unavailable) {
            try await others.checkpoints(
                TestWindow.range, ofModule: TestWindow.module,
                affecting: try SuiAddress(parsing: "0xa"))
        }
    }

    @Test("signatures of zkLogin are nothing that it can judge")
    func verdicts() async throws {
        let node = try CannedNode(answering: Service().answer)
        defer { node.stop() }
        await #expect(throws: SuiNodeError.unavailable) {
            try await testNodes([.jsonRPC(node.url)]).verifySignature(
                .personalMessage([1]), signatureBase64: "BQ==", author: .framework)
        }
    }
}
