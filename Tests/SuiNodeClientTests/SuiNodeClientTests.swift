import Determinism
import Glibc
import HTTPTransport
import Observability
import SuiNodeClient
import SuiProtocol
import Testing

@Suite struct SuiNodeClientTests {
    private static let yes = #"{"data":{"verifySignature":{"success":true}}}"#
    private static let no = refusal("Verification failed: Groth16 proof verify failed")

    private static func refusal(_ message: String, code: String = "BAD_USER_INPUT") -> String {
        #"{"data":null,"errors":[{"message":"\#(message)","extensions":{"code":"\#(code)"}}]}"#
    }

    private let client = HTTPClient()
    private let metrics = MetricsRegistry()

    private func nodes(
        _ urls: [String], _ change: (inout SuiNodeLimits) -> Void = { _ in }
    ) -> SuiNodes {
        var limits = SuiNodeLimits()
        change(&limits)
        return SuiNodes(
            urls.map { .graphQL($0) }, chain: nil, client: client, surroundings: .live,
            logger: .disabled, metrics: metrics, limits: limits)
    }

    private func verify(
        _ nodes: SuiNodes, traceparent: String? = nil
    ) async throws -> Bool {
        try await nodes.verifySignature(
            .personalMessage(Array("hello".utf8)), signatureBase64: "BQ==",
            author: try SuiAddress(parsing: "0x5"), traceparent: traceparent)
    }

    @Test("a node's yes is a yes, its no and its failure to read are a no")
    func verdicts() async throws {
        let node = try CannedNode(.json(Self.yes))
        defer { node.stop() }
        let nodes = nodes([node.url])

        #expect(try await verify(nodes))
        node.say(.json(Self.no))
        #expect(try await verify(nodes) == false)
        node.say(.json(Self.no, status: 400))
        #expect(try await verify(nodes) == false)
        node.say(.json(Self.refusal("Cannot parse signature")))
        #expect(try await verify(nodes) == false)
    }

    @Test("the question goes out as GraphQL with the trace of its cause")
    func request() async throws {
        let node = try CannedNode(.json(Self.yes))
        defer { node.stop() }
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        _ = try await verify(nodes([node.url]), traceparent: trace)
        let request = try #require(node.requests.first)

        #expect(request.hasPrefix("POST /graphql HTTP/1.1\r\n"))
        #expect(request.contains("Content-Type: application/json\r\n"))
        #expect(request.contains("traceparent: \(trace)\r\n"))
        #expect(request.contains(#""message":"aGVsbG8=""#))
        #expect(request.contains(#""intentScope":"PERSONAL_MESSAGE""#))
        #expect(!request.contains("Expect:"))
    }

    @Test("without a configured node the answer is unavailable, at once")
    func noneConfigured() async {
        let nodes = nodes([])

        #expect(!nodes.isConfigured)
        await #expect(throws: SuiNodeError.unavailable) { try await verify(nodes) }
    }

    static let failures: [CannedNode.Answer] = [
        .json(yes, status: 500), .json(yes, status: 503), .json(yes, status: 429),
        .json(yes, status: 404), .json(yes, status: 201), .json(yes, status: 400),
        .json(no, status: 500), .json(""), .json("null"), .json("{}"),
        .json(#"{"data":null}"#), .json(#"{"data":{"verifySignature":null}}"#),
        .json(#"{"data":{"verifySignature":{"success":false}}}"#),
        .json("<html><body>502 Bad Gateway</body></html>"),
        .json(refusal("Verification failed: x", code: "INTERNAL_SERVER_ERROR")),
        .json(refusal("Query is too complex")), .json(refusal("", code: "REQUEST_TIMEOUT")),
        .json(yes + String(repeating: " ", count: 65_536)),
        .raw(""), .raw("SSH-2.0-OpenSSH_9.2\r\n"),
        .raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n\(yes)"),
        .raw("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
    ]

    @Test("what is no clear verdict is nobody's, and the next node is asked", arguments: failures)
    func failover(failure: CannedNode.Answer) async throws {
        let broken = try CannedNode(failure)
        let working = try CannedNode(.json(Self.no))
        defer {
            broken.stop()
            working.stop()
        }
        #expect(try await verify(nodes([broken.url, working.url])) == false)
        #expect(broken.requests.count == 1)
        #expect(working.requests.count == 1)
        await #expect(throws: SuiNodeError.unavailable) {
            try await verify(nodes([broken.url]))
        }
    }

    @Test("a node that is not there or not a URL is passed over")
    func absent() async throws {
        let gone = try AbsentNode()
        defer { gone.stop() }
        let working = try CannedNode(.json(Self.yes))
        defer { working.stop() }
        let urls = [gone.url, "not a url", "file:///etc/passwd", working.url]

        #expect(try await verify(nodes(urls)))
        await #expect(throws: SuiNodeError.unavailable) {
            try await verify(nodes(Array(urls.prefix(3))))
        }
    }

    @Test("the first of two well nodes is asked and the other left alone")
    func order() async throws {
        let first = try CannedNode(.json(Self.no))
        let second = try CannedNode(.json(Self.yes))
        defer {
            first.stop()
            second.stop()
        }
        #expect(try await verify(nodes([first.url, second.url])) == false)
        #expect(second.requests.isEmpty)
    }

    @Test("a node that failed is skipped, and asked again when no other answers")
    func health() async throws {
        let first = try CannedNode(.json("", status: 500))
        let second = try CannedNode(.json(Self.yes))
        defer {
            first.stop()
            second.stop()
        }
        let nodes = nodes([first.url, second.url])
        for _ in 0..<3 { #expect(try await verify(nodes)) }
        #expect(first.requests.count == 1)
        #expect(nodes.isHealthy)

        first.say(.json(Self.no))
        second.say(.json("", status: 500))
        #expect(try await verify(nodes) == false)
        #expect(first.requests.count == 2)
        #expect(try await verify(nodes) == false)
        #expect(second.requests.count == 4)
    }

    @Test("who failed last is unwell until it answers, however long it rested")
    func unwell() async throws {
        let first = try CannedNode(.json("", status: 500))
        let second = try CannedNode(.json("", status: 500))
        defer {
            first.stop()
            second.stop()
        }
        let nodes = nodes([first.url, second.url]) { $0.restMilliseconds = 0 }
        #expect(nodes.isHealthy)
        await #expect(throws: SuiNodeError.unavailable) { try await verify(nodes) }
        #expect(!nodes.isHealthy)
        await #expect(throws: SuiNodeError.unavailable) { try await verify(nodes) }
        #expect(!nodes.isHealthy)

        second.say(.json(Self.no))
        #expect(try await verify(nodes) == false)
        #expect(nodes.isHealthy)
        second.say(.raw(""))
        await #expect(throws: SuiNodeError.unavailable) { try await verify(nodes) }
        #expect(!nodes.isHealthy)
    }

    @Test("what is logged about a node names the trace of its cause")
    func trace() async throws {
        let node = try CannedNode(.json("", status: 500))
        defer { node.stop() }
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let writer = LogWriter(descriptor: ends[1])
        let nodes = SuiNodes(
            [.graphQL(node.url)], chain: nil, client: client, surroundings: .live,
            logger: Logger(writer: writer, level: .debug), metrics: metrics)
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await #expect(throws: SuiNodeError.unavailable) {
            try await verify(nodes, traceparent: trace)
        }
        node.say(.json(Self.no))
        #expect(try await verify(nodes, traceparent: trace) == false)
        await #expect(throws: Never.self) { try await verify(nodes, traceparent: "nonsense") }
        writer.close()
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(ends[0], &bytes, bytes.count)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n")

        let traced = lines.map { $0.contains(#""traceId":"0af7651916cd43dd8448eb211c80319c""#) }
        #expect(traced == [true, true, false])
        #expect(lines.first?.contains("node gave no answer") == true)
    }

    @Test("after its rest a node that failed is the preferred one again")
    func rest() async throws {
        let first = try CannedNode(.json("", status: 500))
        let second = try CannedNode(.json(Self.yes))
        defer {
            first.stop()
            second.stop()
        }
        let nodes = nodes([first.url, second.url]) { $0.restMilliseconds = 0 }
        for _ in 0..<3 { #expect(try await verify(nodes)) }

        #expect(first.requests.count == 3)
    }

    @Test("silent nodes are given up in time, the whole question too")
    func silence() async throws {
        let silent = try [CannedNode(.silence), CannedNode(.silence), CannedNode(.silence)]
        defer { for node in silent { node.stop() } }
        let nodes = nodes(silent.map(\.url)) {
            $0.endpointMilliseconds = 200
            $0.totalMilliseconds = 300
        }
        let start = Deadline.now
        await #expect(throws: SuiNodeError.unavailable) { try await verify(nodes) }

        #expect(start.elapsedNanoseconds >= 200_000_000)
        #expect(start.elapsedNanoseconds < 30_000_000_000)  // Far above, for a busy machine.
        #expect(silent[2].requests.isEmpty)
        #expect(nodes.isHealthy)  // The third was not asked, so nothing is known against it.
    }

    @Test("a cancelled question ends at once and is not held against the node")
    func cancellation() async throws {
        let silent = try CannedNode(.silence)
        defer { silent.stop() }
        let nodes = nodes([silent.url]) {
            $0.endpointMilliseconds = 60_000
            $0.totalMilliseconds = 60_000
        }
        let asking = Task { try await verify(nodes) }
        let deadline = Deadline.after(milliseconds: 30_000)
        while silent.requests.isEmpty, !deadline.isPast {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
        asking.cancel()

        await #expect(throws: SuiNodeError.unavailable) { try await asking.value }
        #expect(!deadline.isPast)
        #expect(nodes.isHealthy)
    }

    @Test("metrics count per endpoint and show no more of its URL than host and port")
    func metricsPerEndpoint() async throws {
        let node = try CannedNode(.json(Self.yes))
        let broken = try CannedNode(.json("", status: 500))
        defer {
            node.stop()
            broken.stop()
        }
        let secret = "http://user:password@127.0.0.1:\(node.port)/key-of-ours?token=of-ours"
        #expect(try await verify(nodes([broken.url, secret])))
        let text = metrics.text()

        for line in [
            #"sluice_node_requests_total{endpoint="127.0.0.1:\#(node.port)",wire="graphql",outcome="answered"} 1"#,
            #"sluice_node_requests_total{endpoint="127.0.0.1:\#(broken.port)",wire="graphql",outcome="failed"} 1"#,
            #"sluice_node_endpoint_healthy{endpoint="127.0.0.1:\#(broken.port)",wire="graphql"} 0"#,
            #"sluice_node_endpoint_healthy{endpoint="127.0.0.1:\#(node.port)",wire="graphql"} 1"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        #expect(!text.contains("of-ours") && !text.contains("password"))
    }
}
