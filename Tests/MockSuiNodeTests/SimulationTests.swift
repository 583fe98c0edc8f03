import ByteCodecs
import SuiProtocol
import Testing

@testable import MockSuiNode

@Suite struct SimulationTests {
    private static let document = """
        query S($tx: JSON!, $checks: Boolean, $gas: Boolean) {
          simulateTransaction(transaction: $tx, checksEnabled: $checks, doGasSelection: $gas) {
            effects {
              status effectsBcs effectsDigest version
              gasEffects { gasSummary { computationCost storageCost } }
              transaction { transactionBcs }
            }
          }
        }
        """

    private func variables(
        _ data: TransactionData, checks: Bool = true, gas: Bool = false
    ) -> JSONValue {
        [
            "tx": ["bcs": ["value": .string(Base64.encode(data.bcs))]], "checks": .bool(checks),
            "gas": .bool(gas),
        ]
    }

    private func effects(_ world: NodeWorld, _ variables: JSONValue) throws -> JSONValue {
        try #require(
            try world.graphQL(Self.document, variables)["simulateTransaction"]?["effects"])
    }

    @Test("with gas selection the node names coins, price and budget, and changes nothing else")
    func gasSelection() throws {
        let world = try NodeWorld()
        try world.fund(30_000_000)
        try world.fund(30_000_000)
        var (data, _) = try world.payment()
        let program = data.program
        data.gas = GasData(payment: [], owner: world.alice.address, price: 0, budget: 0)

        let found = try effects(world, variables(data, gas: true))

        #expect(found["status"] == "SUCCESS")
        let text = found["transaction"]?["transactionBcs"]?.string ?? ""
        let filled = try TransactionData(bcs: Base64.decode(text))
        #expect(filled.program == program && filled.sender == world.alice.address)
        #expect(filled.gas.price == 1000 && filled.gas.payment.count == 1)
        let parameters: JSONValue = [.string(text), [.string(world.alice.sign(filled))]]
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
    }

    @Test("gas selection without enough SUI is refused")
    func gasSelectionPoor() throws {
        let world = try NodeWorld()
        try world.fund(1000)
        var (data, _) = try world.payment()
        data.gas.payment = []
        let error = try world.graphQLError(Self.document, variables(data, gas: true))
        #expect(error["message"]?.string?.contains("is lower than the needed amount") == true)
    }

    @Test("without checks, whoever asks may simulate with what belongs to others and is old")
    func unchecked() throws {
        let world = try NodeWorld()
        try world.fund()
        var (data, parameters) = try world.payment()
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
        data.gas.budget = 1
        data.expiration = .epoch(0)
        _ = try world.rpc("mock_advanceEpoch")

        _ = try world.graphQLError(Self.document, variables(data))
        #expect(try effects(world, variables(data, checks: false))["status"] == "SUCCESS")
        let error = try world.graphQLError(
            Self.document, variables(data, checks: false, gas: true))
        #expect(error["extensions"]?["code"] == "BAD_USER_INPUT")
    }

    @Test("a simulation without a gas coin costs what one with a coin does")
    func absentCoin() throws {
        let world = try NodeWorld()
        try world.fund()
        var (data, _) = try world.payment()
        let paid = try effects(world, variables(data))["gasEffects"]
        data.gas.payment = []
        #expect(try effects(world, variables(data))["gasEffects"] == paid)
    }

    @Test("effects are told in BCS, and their digest is of these bytes")
    func effectsBCS() throws {
        let world = try NodeWorld()
        try world.fund()
        let (data, parameters) = try world.payment()
        _ = try world.rpc("sui_executeTransactionBlock", parameters)
        try world.pass()

        let found = try world.graphQL(
            """
            query E($keys: [String!]!) { multiGetTransactionEffects(keys: $keys) {
              effectsBcs effectsDigest lamportVersion gasEffects { gasObject { address } } } }
            """,
            ["keys": ["\(data.digest)", "4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6S"]]
        )["multiGetTransactionEffects"]?.elements

        #expect(found?.count == 2 && found?[1] == .null)
        let bytes = try Base64.decode(found?[0]["effectsBcs"]?.string ?? "")
        #expect(found?[0]["effectsDigest"] == "\(EffectsDigest(hashing: bytes))")
        var reader = BCSReader(bytes)
        #expect(try reader.uleb128() == 1)  // Version 2.
        #expect(try reader.uleb128() == 0)  // Success.
        #expect(try reader.u64() == 0)  // The epoch.
        for _ in 0..<4 { _ = try reader.u64() }
        #expect(try reader.byteVector() == data.digest.bytes)
        #expect(try reader.bool())
        let gas = try reader.u32()
        #expect(try !reader.bool())  // No events.
        #expect(try reader.uleb128() == 1)  // What made the gas coin.
        _ = try reader.byteVector()
        #expect(found?[0]["lamportVersion"] == .integer(Int64(try reader.u64())))
        let changed = try reader.uleb128()
        #expect(changed == 2 && gas < changed)
    }
}
