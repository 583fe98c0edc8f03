import ByteCodecs
import SuiProtocol
import Testing

extension JSONRPCWindowTests {
    /// A made-up service, a member of which may be spoiled.
    struct Service: Sendable {
        var checkpoints: [(sequence: Int64, transactions: [UInt8])] = (10...20).map {
            ($0, $0 == 12 ? [1, 2] : $0 == 20 ? [3] : [])
        }
        var tip: Int64 = 25
        var hasNext = true
        /// By digest; what is not there is not known.
        var transactions: [UInt8: JSONObject] = [
            1: transaction(1, in: 12, events: [event("0x2::account::Charged", 0)]),
            2: transaction(2, in: 12), 3: transaction(3, in: 20),
        ]
        /// In place of an answer.
        var instead: [String: String] = [:]

        static func event(
            _ type: String, _ sequence: Int64, of transaction: UInt8 = 1, bcs: String = "AQI="
        ) -> JSONValue {
            [
                "id": [
                    "txDigest": "\(TestWindow.digest(transaction))",
                    "eventSeq": .string("\(sequence)"),
                ], "type": .string(type), "bcsEncoding": "base64", "bcs": .string(bcs),
                "parsedJson": ["anything": []],
            ]
        }

        static func transaction(
            _ number: UInt8, in checkpoint: Int64, events: [JSONValue] = []
        ) -> JSONObject {
            let digest = JSONValue.string("\(TestWindow.digest(number))")
            // A list of one: intent, the data that has the digest, a signature of one byte.
            let signed: [UInt8] = [1, 0, 0, 0, number, 1, 1, 4]
            return [
                "digest": digest, "checkpoint": .string("\(checkpoint)"), "timestampMs": "1000",
                "transaction": [
                    "data": ["sender": "0xa", "gasData": ["owner": "0xa"]],
                    "txSignatures": ["BA=="],
                ], "rawTransaction": .string(Base64.encode(signed)), "objectChanges": [],
                "events": .array(events),
                "effects": [
                    "status": ["status": "success"], "executedEpoch": "3",
                    "transactionDigest": digest,
                    "gasUsed": [
                        "computationCost": "1", "storageCost": "2", "storageRebate": "0",
                    ],
                    "mutated": [["reference": ["version": 7]]],
                ],
            ]
        }

        func answer(_ request: String) -> CannedNode.Answer {
            let body = request.utf8.drop { $0 != UInt8(ascii: "{") }
            guard case .object(let call)? = try? JSONValue.parse(Array(body)),
                case .string(let method)? = call["method"],
                case .array(let parameters)? = call["params"]
            else { return .raw("") }
            if let text = instead[method] { return .json(text) }
            let answer: JSONValue = [
                "jsonrpc": "2.0", "id": 1, "result": result(method, parameters),
            ]
            return .json(String(decoding: answer.serialized(), as: UTF8.self))
        }

        private func result(_ method: String, _ parameters: [JSONValue]) -> JSONValue {
            switch method {
            case "sui_getChainIdentifier": .string(TestWindow.chain.shortForm)
            case "sui_getLatestCheckpointSequenceNumber": .string("\(tip)")
            case "sui_getCheckpoints":
                [
                    "data": .array(checkpoints.map(Self.json)), "hasNextPage": .bool(hasNext),
                    "nextCursor": "20",
                ]
            case "sui_multiGetTransactionBlocks": .array(found(parameters))
            default: .null
            }
        }

        private func found(_ parameters: [JSONValue]) -> [JSONValue] {
            guard case .array(let digests)? = parameters.first else { return [] }
            return digests.map { digest in
                let number = transactions.keys.first {
                    digest == .string("\(TestWindow.digest($0))")
                }
                guard let number, let transaction = transactions[number] else {
                    return ["digest": digest, "errors": ["not found"]]
                }
                return .object(transaction)
            }
        }

        private static func json(_ checkpoint: (sequence: Int64, transactions: [UInt8]))
            -> JSONValue
        {
            [
                "sequenceNumber": .string("\(checkpoint.sequence)"), "epoch": "3",
                "timestampMs": "2000",
                "transactions": .array(
                    checkpoint.transactions.map { .string("\(TestWindow.digest($0))") }),
            ]
        }
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let service: Service

        init(_ name: String, _ change: (inout Service) -> Void) {
            testDescription = name
            var service = Service()
            change(&service)
            self.service = service
        }
    }
}
