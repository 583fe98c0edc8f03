import ByteCodecs
import Cryptography
import Determinism
import SuiProtocol
import Testing

@testable import MockSuiNode

/// A node on a clock that stands still, asked as a client would.
struct NodeWorld {
    let world = SimulatedWorld(seed: 1)
    let node: MockNode
    let alice = LedgerWorld.key(1)

    init(_ configure: (inout MockNodeConfiguration) -> Void = { _ in }) throws {
        var configuration = MockNodeConfiguration(seed: 7)
        configuration.indexLag = 0
        configure(&configuration)
        node = try MockNode(configuration, surroundings: world.surroundings)
    }

    /// Lets a checkpoint be closed.
    func pass(_ milliseconds: Int64 = 200) throws {
        world.advance(milliseconds: milliseconds)
        try node.tick()
    }

    func rawRPC(_ method: String, _ parameters: JSONValue = []) -> MockAnswer {
        let body: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": parameters,
        ]
        return node.answer(MockRequest(path: "/", body: body.serialized()))
    }

    func rawGraphQL(_ query: String, _ variables: JSONValue = [:]) -> MockAnswer {
        let body: JSONValue = ["query": .string(query), "variables": variables]
        return node.answer(MockRequest(path: "/graphql", body: body.serialized()))
    }

    /// The result of a call that must succeed.
    func rpc(_ method: String, _ parameters: JSONValue = []) throws -> JSONValue {
        let answer = try JSONValue.parse(rawRPC(method, parameters).body)
        return try #require(
            answer["result"], "\(String(decoding: answer.serialized(), as: UTF8.self))")
    }

    func rpcError(_ method: String, _ parameters: JSONValue = []) throws -> JSONValue {
        let answer = try JSONValue.parse(rawRPC(method, parameters).body)
        return try #require(answer["error"])
    }

    /// The data of a query that must succeed.
    func graphQL(_ query: String, _ variables: JSONValue = [:]) throws -> JSONValue {
        let answer = try JSONValue.parse(rawGraphQL(query, variables).body)
        #expect(answer["errors"] == nil, "\(String(decoding: answer.serialized(), as: UTF8.self))")
        return try #require(answer["data"])
    }

    func graphQLError(_ query: String, _ variables: JSONValue = [:]) throws -> JSONValue {
        let answer = try JSONValue.parse(rawGraphQL(query, variables).body)
        return try #require(answer["errors"]?.elements?.first)
    }

    func fail(_ rules: JSONValue...) throws {
        _ = try rpc("mock_setFaults", ["seed": 1, "rules": .array(rules)])
    }

    func fund(_ amount: Int64 = 10_000_000_000) throws {
        _ = try rpc(
            "mock_mint",
            [
                "address": "\(alice.address)", "coinType": "0x2::sui::SUI",
                "amount": .integer(amount),
            ])
        try pass()
    }

    /// A payment of one MIST to oneself, signed: the positional parameters of an execution.
    func payment(amount: UInt64 = 1) throws -> (data: TransactionData, parameters: JSONValue) {
        let page = try rpc("suix_getCoins", ["\(alice.address)", .null, .null, 1])
        let coin = try #require(page["data"]?.elements?.first)
        let gas = ObjectReference(
            id: try ObjectID(parsing: coin["coinObjectId"]?.string ?? ""),
            version: try #require(coin["version"]?.unsigned),
            digest: try ObjectDigest(parsing: coin["digest"]?.string ?? ""))
        let data = TransactionData(
            ProgrammableTransaction(
                inputs: [LedgerWorld.number(amount), .pure(alice.address.bytes)],
                commands: [
                    .splitCoins(.gasCoin, amounts: [.input(0)]),
                    .transferObjects([.result(0)], to: .input(1)),
                ]), sender: alice.address,
            gas: GasData(
                payment: [gas], owner: alice.address, price: 1000, budget: 50_000_000),
            expiration: .epoch(1))
        let options: JSONValue = ["showEffects": true, "showEvents": true]
        return (
            data,
            [
                .string(Base64.encode(data.bcs)), [.string(alice.sign(data))], options,
                "WaitForLocalExecution",
            ]
        )
    }
}
