import ByteCodecs
import SuiProtocol
import Testing

/// The requests that an independent implementation of GraphQL holds to the published schema are
/// those that are sent.
@Suite struct GraphQLRequestTests {
    private static let address = SuiAddress.framework
    private static let digest = TransactionDigest(hashing: [7])
    /// As long as nodes make them.
    private static let cursor = String(repeating: "Q", count: 160)

    /// Each query at its largest, as far as its size is ours to choose.
    private static func requests() throws -> [(name: String, message: any NodeMessage)] {
        let module = EventModule(
            package: address, module: try MoveIdentifier(String(repeating: "m", count: 128)))
        let coin = KnownCoin.mainnetUSDC.type
        let range = (Int64.max - 1000)...(Int64.max - 2)
        let digests = [TransactionDigest](repeating: digest, count: TransactionsQuery.limit)
        let ids = [ObjectID](repeating: address, count: ObjectsQuery.limit)
        return [
            (
                "address_transactions",
                AddressTransactionsQuery(
                    address, calling: module, in: range, last: range.upperBound, after: cursor)
            ),
            ("balance", BalanceQuery(of: address, coin: coin)), ("chain", ChainQuery()),
            ("coins", CoinsQuery(of: address, type: coin, after: cursor)),
            (
                "events",
                EventsQuery(module, in: range, last: range.upperBound, after: cursor)
            ),
            ("execute", ExecuteMutation([1], signatures: [[2]])),
            ("more_changes", MoreChangesQuery(digest, after: cursor)),
            ("more_events", MoreEventsQuery(digest, after: cursor)),
            ("objects", ObjectsQuery(ids)), ("simulate", SimulateQuery([1])),
            ("status", StatusQuery()), ("transactions", TransactionsQuery(digests)),
            (
                "verify_signature",
                VerifySignatureQuery(
                    .personalMessage([1]), signatureBase64: "BQ==", author: address)
            ),
        ]
    }

    @Test("the file of requests holds each document that is ever sent, as it is sent")
    func file() throws {
        var lines: [String] = []
        for (name, message) in try Self.requests() {
            let body = String(decoding: message.requestBody, as: UTF8.self)
            lines.append("\"\(name)\": \(body)")
        }
        let expected = "{\n" + lines.joined(separator: ",\n") + "\n}\n"

        let file = try VectorFiles.text("../Tests/Peers/graphql_requests.json")
        #expect(file == expected, "the file has to be:\n\(expected)")
    }

    @Test("no document is missing among them")
    func complete() throws {
        let requests = try Self.requests()
        #expect(requests.map(\.name) == GraphQLDocuments.all.map(\.name))
        for ((_, message), (_, text)) in zip(requests, GraphQLDocuments.all) {
            #expect(try JSONValue.parse(message.requestBody)["query"].text == text)
        }
    }
}
