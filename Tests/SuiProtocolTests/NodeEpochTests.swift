import ByteCodecs
import Testing

@testable import SuiProtocol

/// Whoever computes with an epoch of a node's must not overflow, whatever the node says.
@Suite struct NodeEpochTests {
    private static let last = "4294967295"
    private static let beyond = [
        "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615",
    ]

    private static func status(_ epoch: String) throws(NodeAnswerFault) -> UInt64 {
        let place: JSONValue = ["sequenceNumber": 1]
        let range: JSONValue = ["first": place, "last": place]
        let data: JSONValue = [
            "chainIdentifier": "x",
            "epoch": [
                "epochId": Int64(epoch).map { .integer($0) } ?? .decimal(epoch),
                "referenceGasPrice": "1000",
            ],
            "checkpoint": ["sequenceNumber": 1, "timestamp": "2026-11-20T10:00:00Z"],
            "serviceConfig": ["events": range, "transactions": range],
        ]
        return try StatusQuery().value(in: AnswerObject(data, "data")).epoch.number
    }

    private static func system(_ epoch: String) throws(NodeAnswerFault) -> UInt64 {
        try EpochCall().answer(
            from: ["epoch": .string(epoch), "referenceGasPrice": "1000"]
        ).number
    }

    private static func listed(_ epoch: String) throws(NodeAnswerFault) -> UInt64? {
        let checkpoint: JSONValue = [
            "sequenceNumber": "7", "epoch": .string(epoch), "timestampMs": "1", "transactions": [],
        ]
        return try CheckpointsCall(from: 7, count: 1).answer(
            from: ["data": [checkpoint], "hasNextPage": false]
        ).checkpoints.first?.epoch
    }

    @Test("the largest epoch that is believed is read in every answer")
    func largest() throws {
        #expect(try Self.status(Self.last) == 4_294_967_295)
        #expect(try Self.system(Self.last) == 4_294_967_295)
        #expect(try Self.listed(Self.last) == 4_294_967_295)
    }

    @Test("one more, up to the largest number there is, is no epoch", arguments: beyond)
    func tooLarge(epoch: String) {
        #expect(throws: NodeAnswerFault.self) { try Self.status(epoch) }
        #expect(throws: NodeAnswerFault.self) { try Self.system(epoch) }
        #expect(throws: NodeAnswerFault.self) { try Self.listed(epoch) }
    }
}
