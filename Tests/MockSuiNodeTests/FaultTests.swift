import ByteCodecs
import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct FaultTests {
    @Test(
        "an answer that is lost, cut or late was still executed",
        arguments: [
            ("answer_lost", MockAnswer.Delivery.nothing), ("answer_cut", .half),
            ("timeout_after", .nothing), ("late_answer", .whole),
        ])
    func after(fault: String, delivery: MockAnswer.Delivery) throws {
        let world = try NodeWorld()
        try world.fund()
        let (data, parameters) = try world.payment()
        try world.fail([
            "fault": .string(fault), "probability": 1, "method": "execute", "count": 1,
        ])

        let answer = world.rawRPC("sui_executeTransactionBlock", parameters)

        #expect(answer.delivery == delivery)
        let found = try world.rpc("sui_getTransactionBlock", ["\(data.digest)"])
        #expect(found["digest"] == "\(data.digest)")
    }

    @Test(
        "a request that is refused or lost on its way was not executed",
        arguments: [
            "timeout_before", "too_many_requests", "server_error", "html", "restart", "halt",
        ])
    func before(fault: String) throws {
        let world = try NodeWorld()
        try world.fund()
        let (data, parameters) = try world.payment()
        try world.fail(["fault": .string(fault), "probability": 1, "count": 1])

        let answer = world.rawRPC("sui_executeTransactionBlock", parameters)

        #expect((try? JSONValue.parse(answer.body))?["result"] == nil)
        try world.pass(20_000_000)
        let error = try world.rpcError("sui_getTransactionBlock", ["\(data.digest)"])
        #expect(error["code"] == -32002)
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
    }

    @Test("no checkpoint is closed in a halt, and then they go on")
    func halt() throws {
        let world = try NodeWorld()
        let tip = { try world.rpc("sui_getLatestCheckpointSequenceNumber") }
        try world.fail(["fault": "halt", "probability": 1, "count": 1, "amount": 3_600_000])
        let before = try tip()
        try world.pass(3_599_999)
        #expect(try tip() == before)
        _ = try world.rpc("mock_advanceClock", ["milliseconds": 1])
        try world.pass(0)
        #expect(try tip() != before)
    }

    @Test("a taken gas coin makes what was signed stale, until it is signed afresh")
    func gasCoinTaken() throws {
        let world = try NodeWorld()
        try world.fund()
        let (_, parameters) = try world.payment()
        try world.fail(["fault": "gas_coin_taken", "probability": 1, "count": 1])

        let error = try world.rpcError("sui_executeTransactionBlock", parameters)

        #expect(error["message"]?.string?.contains("needs to be rebuilt") == true)
        try world.pass()
        _ = try world.rpc("sui_executeTransactionBlock", world.payment().parameters)
    }

    @Test("epochs that end between signing and sending make a transaction expire")
    func epochChange() throws {
        let world = try NodeWorld()
        try world.fund()
        let (_, parameters) = try world.payment()
        try world.fail(["fault": "epoch_change", "probability": 1, "count": 1, "amount": 2])
        let error = try world.rpcError("sui_executeTransactionBlock", parameters)
        #expect(error["message"]?.string?.contains("Transaction Expired") == true)
    }

    @Test("another network's name, and nothing where something is")
    func lies() throws {
        let world = try NodeWorld()
        let chain = try world.rpc("sui_getChainIdentifier")
        try world.fail(
            ["fault": "wrong_chain", "probability": 1], ["fault": "not_found", "probability": 1])
        #expect(try world.rpc("sui_getChainIdentifier") != chain)
        let info = try world.rpc("mock_info")
        let object = try world.rpc("sui_getObject", [info["operatorId"] ?? ""])
        #expect(object["error"]?["code"] == "notExists")
    }

    @Test("pages with events twice or in disorder still lead on to the next page")
    func pages() throws {
        let world = try NodeWorld()
        let query: JSONValue = [["All": []], .null, 50]
        let honest = try world.rpc("suix_queryEvents", query)
        try world.fail(["fault": "duplicate_events", "probability": 1])
        let spoilt = try world.rpc("suix_queryEvents", query)
        #expect(
            spoilt["data"]?.elements?.count == (honest["data"]?.elements?.count ?? 0) + 1)
        #expect(spoilt["nextCursor"] == honest["nextCursor"])
    }

    @Test("a page in disorder has the same events, and the same place goes on behind it")
    func disorder() throws {
        let world = try NodeWorld()
        for _ in 0..<2 { _ = try world.rpc("sui_executeTransactionBlock", operatorCreation(world)) }
        try world.pass()
        let query: JSONValue = [["All": []], .null, 50]
        let honest = try world.rpc("suix_queryEvents", query)
        try world.fail(["fault": "shuffled_events", "probability": 1])
        let spoilt = try world.rpc("suix_queryEvents", query)

        let events = honest["data"]?.elements ?? []
        #expect(events.count == 3 && spoilt["data"] != honest["data"])
        #expect(spoilt["data"]?.elements?.reversed() == events)
        #expect(spoilt["nextCursor"] == honest["nextCursor"])
    }

    private func operatorCreation(_ world: NodeWorld) throws -> JSONValue {
        try world.fund()
        let info = try world.rpc("mock_info")
        var (data, _) = try world.payment()
        let package = try SuiAddress(parsing: info["escrowPackage"]?.string ?? "")
        data.program = ProgrammableTransaction(
            inputs: [.pure(world.alice.address.bytes)],
            commands: [
                .moveCall(
                    MoveCall(
                        package, "account", "create_operator", types: [], [.input(0), .input(0)]))
            ])
        return [.string(Base64.encode(data.bcs)), [.string(world.alice.sign(data))]]
    }

    @Test("stale reads show objects as they were; a lagging index hides what is listed alone")
    func behind() throws {
        let world = try NodeWorld()
        try world.fund()
        try world.pass(1000)
        let (data, parameters) = try world.payment()
        let gas: JSONValue = "\(data.gas.payment[0].id)"
        let version = { try world.rpc("sui_getObject", [gas])["data"]?["version"] }
        let owner: JSONValue = "\(world.alice.address)"
        let listed = {
            try world.rpc("suix_queryTransactionBlocks", [["filter": ["FromAddress": owner]]])
        }
        let old = try version()
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
        try world.pass()
        let new = try version()
        #expect(new != old)
        #expect(try listed()["data"]?.elements?.count == 1)

        try world.fail(["fault": "stale_reads", "probability": 1, "amount": 1])
        #expect(try version() == old)
        try world.fail(["fault": "index_lag", "probability": 1, "amount": 1])
        #expect(try version() == new)
        #expect(try listed()["data"] == [])
        #expect(try world.rpc("sui_getTransactionBlock", ["\(data.digest)"])["checkpoint"] != nil)
    }

    @Test("what retention has ended for is listed no more, and the range says so")
    func retention() throws {
        let world = try NodeWorld { $0.retention = 2 }
        try world.fund()
        let (data, parameters) = try world.payment()
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
        try world.pass()
        let ask = {
            try world.graphQL(
                """
                query($d: String!) { transaction(digest: $d) { digest } events { nodes { timestamp } }
                  checkpoint(sequenceNumber: 0) { digest }
                  serviceConfig { availableRange(type: "Query", field: "events") {
                    first { sequenceNumber } last { sequenceNumber } } } }
                """, ["d": "\(data.digest)"])
        }
        #expect(try ask()["transaction"] != .null)
        for _ in 0..<3 { try world.pass(1000) }

        let found = try ask()
        #expect(found["transaction"] == .null && found["checkpoint"] == .null)
        #expect(found["events"]?["nodes"] == [])
        #expect(
            found["serviceConfig"]?["availableRange"]
                == ["first": ["sequenceNumber": 3], "last": ["sequenceNumber": 5]])
        let error = try world.rpcError("sui_getTransactionBlock", ["\(data.digest)"])
        #expect(error["code"] == -32002)
    }

    @Test("the same seed strikes the same requests, another seed others")
    func chance() {
        let strikes = { (seed: UInt64) in
            var plan = FaultPlan(seed: seed, rules: [FaultRule(.html, probability: 0.5)])
            let question = NodeQuestion(operation: .events, method: "suix_queryEvents")
            return (0..<64).map { _ in plan.draw(for: [question]).has(.html) }
        }
        #expect(strikes(1) == strikes(1))
        #expect(strikes(1) != strikes(2))
        #expect((16...48).contains(strikes(1).count { $0 }))
    }
}
