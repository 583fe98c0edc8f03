import ByteCodecs
import Determinism
import HTTPTransport
import Observability
import SuiNodeClient
import SuiProtocol

/// A made-up window of a chain, and what a GraphQL service says of it; each part can be spoiled.
struct TestWindow: Sendable {
    static let module = EventModule(package: .framework, module: "account")
    static let chain = ChainIdentifier.testnet
    static let range: ClosedRange<Int64> = 10...20

    struct Event: Sendable {
        var transaction: UInt8
        var sequence: Int64 = 0
        var checkpoint: Int64
        var type = "0x2::account::Charged"
        var status = "SUCCESS"
    }

    var events = [
        Event(transaction: 1, checkpoint: 10), Event(transaction: 1, sequence: 1, checkpoint: 10),
        Event(transaction: 2, checkpoint: 12), Event(transaction: 3, checkpoint: 20),
    ]
    var chain = TestWindow.chain.genesis.description
    var available: ClosedRange<Int64> = 0...25
    var hasHead = true
    /// The page's own word on its ends; nil for the truth.
    var startCursor: JSONValue?
    var endCursor: JSONValue?
    var hasNext = false
    /// Put behind the data.
    var errors: JSONValue?

    static func digest(_ number: UInt8) -> TransactionDigest {
        TransactionDigest(hashing: [number])
    }

    var answer: CannedNode.Answer {
        .json(String(decoding: json.serialized(), as: UTF8.self))
    }

    private var json: JSONValue {
        let cursors = events.indices.map { JSONValue.string("c\($0)") }
        let edges = zip(cursors, events).map { cursor, event -> JSONValue in
            ["cursor": cursor, "node": Self.node(event)]
        }
        let info: JSONValue = [
            "hasNextPage": .bool(hasNext), "startCursor": startCursor ?? cursors.first ?? .null,
            "endCursor": endCursor ?? cursors.last ?? .null,
        ]
        let head: JSONValue = [
            "sequenceNumber": .integer(Self.range.upperBound), "epoch": ["epochId": 3],
            "timestamp": "2026-11-20T10:00:00.000Z",
        ]
        var answer: JSONObject = [
            "data": [
                "chainIdentifier": .string(chain),
                "serviceConfig": [
                    "availableRange": [
                        "first": ["sequenceNumber": .integer(available.lowerBound)],
                        "last": ["sequenceNumber": .integer(available.upperBound)],
                    ]
                ], "checkpoint": hasHead ? head : .null,
                "events": ["pageInfo": info, "edges": .array(edges)],
            ]
        ]
        answer["errors"] = errors
        return .object(answer)
    }

    private static func node(_ event: Event) -> JSONValue {
        [
            "sequenceNumber": .integer(event.sequence),
            "contents": ["type": ["repr": .string(event.type)], "bcs": "AQI="],
            "transaction": [
                "digest": "\(digest(event.transaction))",
                "effects": [
                    "status": .string(event.status), "lamportVersion": 7,
                    "checkpoint": [
                        "sequenceNumber": .integer(event.checkpoint),
                        "timestamp": "2026-11-20T09:59:59Z",
                    ],
                ],
            ],
        ]
    }
}

/// Clients for tests: short waits, and the network that ``TestWindow`` is of.
func testNodes(
    _ endpoints: [NodeAddress], metrics: MetricsRegistry = MetricsRegistry(),
    _ change: (inout SuiNodeLimits) -> Void = { _ in }
) -> SuiNodes {
    var limits = SuiNodeLimits()
    limits.pauseMilliseconds = 1
    limits.restMilliseconds = 1
    change(&limits)
    return SuiNodes(
        endpoints, chain: TestWindow.chain, client: HTTPClient(), surroundings: .live,
        logger: .disabled, metrics: metrics, limits: limits)
}
