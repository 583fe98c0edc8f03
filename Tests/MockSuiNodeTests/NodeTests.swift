import ByteCodecs
import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct NodeTests {
    private static let execute = """
        mutation Execute($tx: Base64!, $sigs: [Base64!]!) {
          executeTransaction(transactionDataBcs: $tx, signatures: $sigs) {
            effects {
              digest status executionError { message abortCode }
              balanceChangesJson
              gasEffects { gasSummary { computationCost storageCost storageRebate } }
              events(first: 50) { nodes { sequenceNumber contents { json bcs } } }
            }
          }
        }
        """

    @Test("both wire formats execute, and equal bytes give the original effects")
    func execution() throws {
        let world = try NodeWorld()
        try world.fund()
        let (data, parameters) = try world.payment()

        let first = try world.rpc("sui_executeTransactionBlock", parameters)
        let second = try world.graphQL(
            Self.execute,
            ["tx": parameters.elements?[0] ?? "", "sigs": parameters.elements?[1] ?? []])

        #expect(first["digest"] == "\(data.digest)")
        #expect(first["effects"]?["status"] == ["status": "success"])
        let effects = second["executeTransaction"]?["effects"]
        #expect(effects?["digest"] == "\(data.digest)")
        #expect(effects?["status"] == "SUCCESS")
        let dump = try world.rpc("mock_dump")
        #expect(dump["transactions"]?.elements?.count == 3)
    }

    @Test("a stale gas coin is the client's fault in both formats")
    func stale() throws {
        let world = try NodeWorld()
        try world.fund()
        let old = try world.payment(amount: 2)
        _ = try world.rpc("sui_executeTransactionBlock", world.payment().parameters)

        let error = try world.rpcError("sui_executeTransactionBlock", old.parameters)
        #expect(error["code"] == -32002)
        #expect(error["message"]?.string?.contains("needs to be rebuilt") == true)
        let other = try world.graphQLError(
            Self.execute,
            ["tx": old.parameters.elements?[0] ?? "", "sigs": old.parameters.elements?[1] ?? []])
        #expect(other["extensions"]?["code"] == "BAD_USER_INPUT")
    }

    @Test("the index sees a transaction only once its checkpoint is closed")
    func lag() throws {
        let world = try NodeWorld { $0.indexLag = 1 }
        try world.fund()
        try world.pass(1000)
        let (data, parameters) = try world.payment()
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
        let query =
            "query($d: String!) { transaction(digest: $d) { effects { checkpoint { sequenceNumber } } } }"
        let ask = { try world.graphQL(query, ["d": "\(data.digest)"])["transaction"] }

        #expect(try ask() == .null)
        try world.pass()
        #expect(try ask() == .null)
        try world.pass(1000)
        #expect(try ask()?["effects"]?["checkpoint"]?.isNull == false)
        let direct = try world.rpc("sui_getTransactionBlock", ["\(data.digest)"])
        #expect(direct["checkpoint"] != nil)
    }

    @Test("the documents that clients send are answered", arguments: NodeDocuments.all)
    func documents(document: String) throws {
        let world = try NodeWorld()
        try world.fund()
        let (data, parameters) = try world.payment()
        let address: JSONValue = "\(world.alice.address)"
        let variables: JSONValue = [
            "owner": address, "type": "0x2::coin::Coin<0x2::sui::SUI>", "id": "0x6",
            "coin": "0x2::sui::SUI", "digest": "\(data.digest)", "address": address,
            "tx": ["bcs": ["value": parameters.elements?[0] ?? ""]], "keys": [["address": "0x6"]],
        ]
        _ = try world.graphQL(document, variables)
    }

    @Test(
        "what the schema does not have is refused",
        arguments: [
            "{ chainIdentifer }", "{ checkpoint { sequence } }", "{ epoch(id: 1) { epochId } }",
            "{ checkpoint }", "{ chainIdentifier { x } }", "{ transaction { digest } }",
            "query($d: String!) { transaction(digest: $d) { digest } }",
            "{ transaction(digest: $d) { digest } }",
            "{ events(first: 51) { nodes { timestamp } } }",
            "{ events(filter: {kind: 1}) { nodes { timestamp } } }", "{ chainIdentifier",
            "{ object(address: \"0x6\") { owner { ... on Wallet { x } } } }", "subscription { x }",
        ])
    func refusals(document: String) throws {
        let error = try NodeWorld().graphQLError(document)
        #expect(error["extensions"]?["code"]?.string != nil)
    }

    @Test(
        "calls that are wrong have JSON-RPC's code",
        arguments: [
            ("sui_getNothing", [], -32601), ("sui_getObject", ["0xzz"], -32602),
            ("mock_mint", ["address": "0x1"], -32602), ("mock_info", ["x": 1], -32602),
            (
                "mock_setFaults",
                ["rules": [["fault": "gremlins", "probability": 1]]], -32602
            ),
            ("sui_getTransactionBlock", ["4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6S"], -32002),
        ] as [(String, JSONValue, Int64)])
    func wrongCalls(method: String, parameters: JSONValue, code: Int64) throws {
        #expect(try NodeWorld().rpcError(method, parameters)["code"] == .integer(code))
    }

    @Test("events come by type and checkpoint, in pages, the same from both formats")
    func events() throws {
        let world = try NodeWorld()
        let info = try world.rpc("mock_info")
        let type = "\(info["escrowPackage"]?.string ?? "")::account::OperatorCreated"

        let listed = try world.graphQL(
            """
            query($type: String!) { events(first: 1, filter: {type: $type, atCheckpoint: 0}) {
              pageInfo { hasNextPage endCursor }
              nodes { sequenceNumber transaction { digest } contents { type { repr } bcs } } } }
            """, ["type": .string(type)])["events"]
        let page = try world.rpc("suix_queryEvents", [["MoveEventType": .string(type)], .null, 1])

        let first = listed?["nodes"]?.elements?.first
        let second = page["data"]?.elements?.first
        #expect(first?["contents"]?["bcs"] == second?["bcs"])
        #expect(first?["transaction"]?["digest"] == second?["id"]?["txDigest"])
        #expect(page["hasNextPage"] == false)
        #expect(listed?["pageInfo"]?["hasNextPage"] == false)
    }

    @Test("a signature is verified as the network says so")
    func signatures() throws {
        let world = try NodeWorld()
        let message = Array("hello".utf8)
        let good = Base64.encode(world.alice.sign(.personalMessage(message)))
        let query = """
            query V($message: Base64!, $signature: Base64!, $author: SuiAddress!) {
              verifySignature(message: $message, signature: $signature,
                intentScope: PERSONAL_MESSAGE, author: $author) { success } }
            """
        let variables = { (message: [UInt8]) -> JSONValue in
            [
                "message": .string(Base64.encode(message)), "signature": .string(good),
                "author": "\(world.alice.address)",
            ]
        }
        #expect(
            try world.graphQL(query, variables(message))["verifySignature"]?["success"] == true)
        let error = try world.graphQLError(query, variables([1]))
        #expect(error["message"]?.string?.hasPrefix("Verification failed:") == true)
    }

    @Test("checkpoints come in pages, either way, and end where they end")
    func checkpoints() throws {
        let world = try NodeWorld()
        for _ in 0..<4 { try world.pass(1000) }

        let first = try world.rpc("sui_getCheckpoints", [.null, 3, false])
        let second = try world.rpc(
            "sui_getCheckpoints", [first["nextCursor"] ?? .null, 3, false])
        let newest = try world.rpc("sui_getCheckpoints", [.null, 1, true])

        let numbers = { (page: JSONValue) in
            page["data"]?.elements?.compactMap { $0["sequenceNumber"]?.string }
        }
        #expect(numbers(first) == ["0", "1", "2"] && first["hasNextPage"] == true)
        #expect(numbers(second) == ["3", "4"] && second["hasNextPage"] == false)
        #expect(numbers(newest) == ["4"])
        #expect(try world.rpcError("sui_getCheckpoints", ["x"])["code"] == -32602)
    }

    @Test("transactions of an address come in pages, oldest or newest first, in both formats")
    func transactions() throws {
        let world = try NodeWorld()
        try world.fund()
        for _ in 0..<3 {
            _ = try world.rpc("sui_executeTransactionBlock", world.payment().parameters)
            try world.pass()
        }
        let alice: JSONValue = "\(world.alice.address)"
        let page = { (cursor: JSONValue, isDescending: Bool) in
            try world.rpc(
                "suix_queryTransactionBlocks",
                [["filter": ["FromAddress": alice]], cursor, 2, .bool(isDescending)])
        }
        let digests = { (page: JSONValue) in page["data"]?.elements?.map { $0["digest"] } ?? [] }
        let oldest = try page(.null, false)
        let rest = try page(oldest["nextCursor"] ?? .null, false)
        #expect(oldest["hasNextPage"] == true && rest["hasNextPage"] == false)
        let all = digests(oldest) + digests(rest)
        #expect(all.count == 3)
        let newest = try page(.null, true)
        #expect(digests(newest) == [all[2], all[1]])
        #expect(digests(try page(newest["nextCursor"] ?? .null, true)) == [all[0]])

        let listed = try world.graphQL(
            """
            query($a: SuiAddress!, $from: UInt53) {
              transactions(first: 50, filter: {affectedAddress: $a, afterCheckpoint: $from}) {
                edges { cursor node { digest } } nodes { digest } } }
            """, ["a": alice, "from": 1])["transactions"]
        #expect(listed?["nodes"]?.elements?.map { $0["digest"] } == all)
        #expect(listed?["edges"]?.elements?.map { $0["node"]?["digest"] } == all)
    }

    @Test("keys that follow from the seed are told, and others are not known")
    func keys() throws {
        let known = try NodeWorld().rpc("mock_info")
        let key = try SuiPrivateKey(parsing: known["chargerKey"]?.string ?? "")
        #expect(known["charger"] == "\(key.address)")
        let other = try NodeWorld { $0.charger = LedgerWorld.key(3).address }.rpc("mock_info")
        #expect(other["chargerKey"] == nil && other["treasuryKey"]?.string != nil)
    }
}
