import SuiNodeClient
import SuiProtocol
import Testing

/// What an answer to signed bytes means, and what it does not.
@Suite struct ExecutionTests {
    private static let bytes: [UInt8] = [1, 2, 3]
    private static let digest = TransactionDigest(hashing: bytes)
    private static let chain =
        #"{"data":{"chainIdentifier":"\#(TestWindow.chain.genesis)"}}"#

    private static func run(_ digest: TransactionDigest, status: String = "SUCCESS") -> String {
        #"{"data":{"executeTransaction":{"effects":{"digest":"\#(digest)",\#(effects(status))}}}}"#
    }

    private static func effects(_ status: String) -> String {
        #""status":"\#(status)","executionError":{"message":"x","abortCode":"3"},"#
            + #""epoch":{"epochId":3},"lamportVersion":7,"checkpoint":null,"gasEffects":"#
            + #"{"gasObject":null,"gasSummary":{"computationCost":1,"storageCost":2,"#
            + #""storageRebate":9,"nonRefundableStorageFee":0}}"#
    }

    private static func error(_ code: String) -> String {
        #"{"data":null,"errors":[{"message":"object unavailable","extensions":{"code":"\#(code)"}}]}"#
    }

    private static let refusal = error("BAD_USER_INPUT")

    private static func lookUp(found: Bool) -> String {
        let transaction =
            #"{"digest":"\#(digest)","sender":null,"transactionBcs":"AQID","gasInput":null,"#
            + #""effects":{\#(effects("SUCCESS")),"objectChanges":{"pageInfo":"#
            + #"{"hasNextPage":false,"endCursor":null},"nodes":[]},"events":{"pageInfo":"#
            + #"{"hasNextPage":false,"endCursor":null},"nodes":[]}}}"#
        return #"{"data":{"chainIdentifier":"\#(TestWindow.chain.genesis)","#
            + #""multiGetTransactions":[\#(found ? transaction : "null")]}}"#
    }

    /// A node of the right network that answers execution as told.
    private func node(
        _ answer: CannedNode.Answer, knows: Bool = false, lookUp: CannedNode.Answer? = nil
    ) throws -> CannedNode {
        try CannedNode { request in
            if request.contains("executeTransaction") { return answer }
            if request.contains("multiGetTransactions") {
                return lookUp ?? .json(Self.lookUp(found: knows))
            }
            return .json(Self.chain)
        }
    }

    private func execute(_ nodes: [CannedNode]) async throws -> NodeTransaction {
        defer { for node in nodes { node.stop() } }
        return try await testNodes(nodes.map { .graphQL($0.url) }).execute(
            Self.bytes, signatures: [[4]])
    }

    private func sent(to node: CannedNode) -> Int {
        node.requests.count { $0.contains("executeTransaction") }
    }

    @Test("what ran is told, success or failure, with the gas it cost")
    func answers() async throws {
        let done = try await execute([try node(.json(Self.run(Self.digest)))])
        #expect(done.succeeded && done.digest == Self.digest && done.checkpoint == nil)

        let failed = try await execute([try node(.json(Self.run(Self.digest, status: "FAILURE")))])
        #expect(failed.status == .failure(NodeFailure(message: "x", abortCode: 3, command: nil)))
    }

    static let open: [CannedNode.Answer] = [
        .raw(""), .html, .cut, .json("", status: 500), .json(error("REQUEST_TIMEOUT")),
        .json(error("INTERNAL_SERVER_ERROR")), .json(error("SOMETHING_NEW")),
        .json(#"{"data":{"executeTransaction":null}}"#), .json(refusal, status: 503),
        .json(run(TransactionDigest(hashing: [9]))), .json(run(digest, status: "PERHAPS")),
        .json(#"{"data":null,"errors":[{"message":"a"},{"message":"b"}]}"#),
        .tooMany(retryAfter: 60),
    ]

    @Test("what is no clear answer leaves the outcome open", arguments: open)
    func unknown(answer: CannedNode.Answer) async throws {
        await #expect(throws: SuiNodeError.unavailable) { try await execute([try node(answer)]) }
    }

    @Test("the same bytes go to the next node, which may know the outcome", arguments: open)
    func failover(answer: CannedNode.Answer) async throws {
        let done = try await execute([
            try node(answer), try node(.json(Self.run(Self.digest))),
        ])
        #expect(done.succeeded)
    }

    @Test("a refusal counts where all refuse and none knows the transaction")
    func refused() async throws {
        let nodes = [try node(.json(Self.refusal)), try node(.json(Self.refusal, status: 400))]
        await #expect(throws: SuiNodeError.refused("object unavailable")) {
            try await execute(nodes)
        }
        #expect(nodes.map(sent) == [1, 1])
    }

    @Test("a refusal by one and silence of another is no refusal")
    func refusedAndOpen() async throws {
        for order in [[Self.refusal, "<"], ["<", Self.refusal]] {
            let nodes = try order.map { try node(.json($0)) }
            await #expect(throws: SuiNodeError.unavailable) { try await execute(nodes) }
        }
    }

    @Test("a node that never heard of it does not keep a refusal from counting")
    func refusedAndAway() async throws {
        let (away, refusing) = (try AbsentNode(), try node(.json(Self.refusal)))
        defer {
            away.stop()
            refusing.stop()
        }
        await #expect(throws: SuiNodeError.refused("object unavailable")) {
            try await testNodes([.graphQL(away.url), .graphQL(refusing.url)]).execute(
                Self.bytes, signatures: [[4]])
        }
    }

    @Test("a transaction that is refused because it has run is told as run")
    func ranBefore() async throws {
        let done = try await execute([try node(.json(Self.refusal), knows: true)])
        #expect(done.succeeded && done.digest == Self.digest)
    }

    @Test("all that refuse are asked whether it has run, not only the first")
    func ranBeforeElsewhere() async throws {
        let nodes = [
            try node(.json(Self.refusal)), try node(.json(Self.refusal), lookUp: .html),
            try node(.json(Self.refusal), knows: true),
        ]
        #expect(try await execute(nodes).digest == Self.digest)
    }

    @Test(
        "a refusal by one that cannot say whether it has run leaves the outcome open",
        arguments: [
            .raw(""), .html, .cut, .json("", status: 500), .tooMany(retryAfter: 60),
            .json(lookUp(found: true).replacingBytes("AQID", with: "AQIE")),
        ] as [CannedNode.Answer])
    func refusedAndUnknown(lookUp: CannedNode.Answer) async throws {
        for isFirst in [true, false] {
            let mute = try node(.json(Self.refusal), lookUp: lookUp)
            let plain = try node(.json(Self.refusal))
            await #expect(throws: SuiNodeError.unavailable) {
                try await execute(isFirst ? [mute, plain] : [plain, mute])
            }
        }
    }

    @Test("a node that is behind and refuses does not hide one that runs it")
    func refusedThenRun() async throws {
        let done = try await execute([
            try node(.json(Self.refusal)), try node(.json(Self.run(Self.digest))),
        ])
        #expect(done.succeeded)
    }

    @Test("bytes that do not have the digest they are told under are no transaction")
    func lyingDigest() async throws {
        let node = try CannedNode(.silence)
        defer { node.stop() }
        for told in [#""AQIE""#, #""""#, #""???""#, "null"] {
            let lie = Self.lookUp(found: true).replacingBytes(#""AQID""#, with: told)
            node.say(.json(lie))
            await #expect(throws: SuiNodeError.unavailable, "\(told)") {
                try await testNodes([.graphQL(node.url)]).transactions([Self.digest])
            }
        }
        node.say(.json(Self.lookUp(found: true)))
        let nodes = testNodes([.graphQL(node.url)])
        #expect(try await nodes.transactions([Self.digest]).count == 1)
        await #expect(throws: SuiNodeError.unavailable) {
            try await nodes.transactions([TransactionDigest(hashing: [8])])
        }
    }
}

extension String {
    fileprivate func replacingBytes(_ old: String, with new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
