import ByteCodecs
import Cryptography
import Determinism
import HTTPTransport
import Observability
import SuiNodeClient
import SuiProtocol
import Testing

/// A simulated chain with people on it, and clients of it in either wire format.
struct NodeStage: Sendable {
    let process: MockNodeProcess
    let client: HTTPClient
    let charger: SuiPrivateKey
    let alice: SuiPrivateKey
    let chain: ChainIdentifier
    let contract: EscrowContract
    let operatorObject: SharedObject

    /// - Parameter arguments: options of `mock-sui-node` beside port, seed and charger.
    init(_ arguments: String...) async throws {
        charger = try Self.key(1)
        alice = try Self.key(2)
        process = try MockNodeProcess(
            ["--seed", "7", "--charger", charger.address.description] + arguments)
        client = HTTPClient()
        let url = process.url
        let info = try await Self.call(client, url, "mock_info")
        chain = try ChainIdentifier(parsing: info.text("chain"))
        contract = EscrowContract(
            package: try SuiAddress(parsing: info.text("escrowPackage")),
            coin: try TypeTag(parsing: info.text("usdcType")))
        let id = try ObjectID(parsing: info.text("operatorId"))
        let nodes = Self.nodes([.graphQL(process.graphQLURL)], chain, client)
        guard case .shared(let version)? = try await nodes.objects([id])[id]?.owner else {
            throw MockNodeProcess.Failure(what: "there is no operator")
        }
        operatorObject = SharedObject(id: id, initialVersion: version)
    }

    private static func key(_ number: UInt8) throws -> SuiPrivateKey {
        var seed = [UInt8](repeating: number, count: 32)
        return try SuiPrivateKey(seed: try SecretBytes(wiping: &seed))
    }

    // MARK: - Clients

    var graphQL: SuiNodes { nodes([.graphQL(process.graphQLURL)]) }
    var jsonRPC: SuiNodes { nodes([.jsonRPC(process.url)]) }

    func nodes(
        _ endpoints: [NodeAddress], _ change: (inout SuiNodeLimits) -> Void = { _ in }
    ) -> SuiNodes {
        Self.nodes(endpoints, chain, client, change)
    }

    private static func nodes(
        _ endpoints: [NodeAddress], _ chain: ChainIdentifier, _ client: HTTPClient,
        _ change: (inout SuiNodeLimits) -> Void = { _ in }
    ) -> SuiNodes {
        var limits = SuiNodeLimits()
        limits.pauseMilliseconds = 2
        limits.restMilliseconds = 20
        change(&limits)
        return SuiNodes(
            endpoints, chain: chain, client: client, surroundings: .live, logger: .disabled,
            metrics: MetricsRegistry(), limits: limits)
    }

    // MARK: - Control

    @discardableResult
    func control(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONObject {
        try await Self.call(client, process.url, method, parameters)
    }

    /// Faults that strike every request they are meant for, `count` times.
    func fail(_ fault: String, method: String? = nil, count: Int64? = nil) async throws {
        var rule: JSONObject = ["fault": .string(fault), "probability": 1]
        rule["method"] = method.map { .string($0) }
        rule["count"] = count.map { .integer($0) }
        try await control("mock_setFaults", ["seed": 1, "rules": [.object(rule)]])
    }

    func mint(_ type: TypeTag, _ amount: Int64, to address: SuiAddress) async throws {
        try await control(
            "mock_mint",
            [
                "address": "\(address)", "coinType": "\(type)", "amount": .integer(amount),
            ])
    }

    private static func call(
        _ client: HTTPClient, _ url: String, _ method: String, _ parameters: JSONValue = [:]
    ) async throws -> JSONObject {
        let body: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": .string(method), "params": parameters,
        ]
        let answer = try await client.send(
            HTTPClientRequest(
                method: "POST", url: url, headers: [("Content-Type", "application/json")],
                body: body.serialized()))
        guard case .object(let object) = try JSONValue.parse(answer.body),
            case .object(let result)? = object["result"]
        else { throw MockNodeProcess.Failure(what: String(decoding: answer.body, as: UTF8.self)) }
        return result
    }

    // MARK: - Transactions

    /// Sends a program of somebody's, with their largest coin of SUI as gas.
    @discardableResult
    func run(
        by key: SuiPrivateKey, budget: UInt64 = 100_000_000,
        _ build: (inout TransactionBuilder) throws -> Void
    ) async throws -> NodeTransaction {
        let (bytes, signatures) = try await signed(by: key, budget: budget, build)
        return try await graphQL.execute(bytes, signatures: signatures)
    }

    func signed(
        by key: SuiPrivateKey, budget: UInt64 = 100_000_000,
        _ build: (inout TransactionBuilder) throws -> Void
    ) async throws -> (bytes: [UInt8], signatures: [[UInt8]]) {
        var builder = TransactionBuilder()
        try build(&builder)
        let coins = try await graphQL.coins(of: key.address, type: KnownCoin.sui.type, limit: 1)
        let gas = GasData(
            payment: [try #require(coins.first).reference], owner: key.address, price: 1000,
            budget: budget)
        let data = try builder.finish(sender: key.address, gas: gas, expiration: .epoch(1))
        return (data.bcs, [try Base64.decode(key.sign(data))])
    }
}

extension JSONObject {
    func text(_ name: String) throws -> String {
        guard case .string(let text)? = self[name] else {
            throw MockNodeProcess.Failure(what: "no \(name)")
        }
        return text
    }
}
