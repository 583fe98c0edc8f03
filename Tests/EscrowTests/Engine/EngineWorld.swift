import ByteCodecs
import Cryptography
import Determinism
import Glibc
import HTTPTransport
import Idempotency
import Identifiers
import Observability
import Storage
import SuiNodeClient
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

/// A simulated chain in a process of its own, a database, a follower and an engine at work.
final class EngineWorld: Sendable {
    let chain: SimulatedNode
    let store: TestDatabase
    let database: Database
    let direct: Database
    let nodes: SuiNodes
    let client = HTTPClient()
    let contract: EscrowContract
    let operatorObject: SharedObject
    let charger: SuiPrivateKey
    let charges: Charges
    let identityFile: IdentityFile
    let metrics = MetricsRegistry()
    let sessionsEnded = Mutex(0)
    private let running = Mutex<[Task<Void, Never>]>([])
    private let engines = Mutex<[ChargeEngine]>([])

    /// - Parameters:
    ///   - mist: SUI that the charger has, in MIST, in one coin.
    ///   - arguments: options of the simulated node.
    init(
        mist: Int64 = 100_000_000_000, graphQL: Bool = true,
        arguments: [String] = ["--checkpoint-ms", "50", "--index-lag", "0"]
    ) async throws {
        charger = try Self.key(1)
        chain = try SimulatedNode(
            ["--seed", "7", "--charger", charger.address.description] + arguments)
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Database(
            DatabaseConfiguration(url: store.url, deadlineMilliseconds: 30_000),
            logger: .disabled, metrics: metrics)
        direct = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 1, deadlineMilliseconds: 30_000),
            logger: .disabled, metrics: metrics)
        let info = try await Self.call(client, chain.url, "mock_info", [:])
        contract = EscrowContract(
            package: try SuiAddress(parsing: info.text("escrowPackage")),
            coin: try TypeTag(parsing: info.text("usdcType")))
        nodes = SuiNodes(
            [graphQL ? .graphQL(chain.graphQLURL) : .jsonRPC(chain.url)],
            chain: try ChainIdentifier(parsing: info.text("chain")), client: client,
            surroundings: .live, logger: .disabled, metrics: metrics)
        let id = try ObjectID(parsing: info.text("operatorId"))
        operatorObject = try await OperatorLookup.find(
            id, of: contract, charger: charger.address, on: nodes)
        charges = Charges(database: database, surroundings: .live)
        identityFile = IdentityFile(path: "/tmp/sluice-identity-\(chain.port)-\(store.name)")
        if mist > 0 { try await mint(KnownCoin.sui.type, mist, to: charger.address) }
    }

    deinit {
        for task in running.withLock({ $0 }) { task.cancel() }
        unlink(identityFile.path)
    }

    static func key(_ number: UInt8) throws -> SuiPrivateKey {
        var seed = [UInt8](repeating: number, count: 32)
        return try SuiPrivateKey(seed: try SecretBytes(wiping: &seed))
    }

    // MARK: - Working

    /// Takes the lead, and follows and charges until ``stop()``.
    ///
    /// - Parameter node: what the engine asks, where it is not told the truth.
    @discardableResult
    func start(
        _ settings: EngineSettings = .init(), node: (any SuiNode)? = nil,
        surroundings: Surroundings = .live, logger: Logger = .disabled
    ) async throws -> Generation {
        let leader = try #require(try await Leadership(direct: direct).take(as: "test"))
        var limits = FollowerLimits()
        limits.pollMilliseconds = 30
        limits.gasMilliseconds = 500
        let follower = Follower(
            node: nodes, contracts: [contract], charger: charger.address,
            bookkeeper: Bookkeeper(
                database: database, surroundings: .live, operators: [operatorObject.id]),
            logger: .disabled, metrics: metrics, surroundings: .live, limits: limits)
        let engine = ChargeEngine(
            node: node ?? nodes, key: charger, contract: contract, operator: operatorObject,
            database: database,
            restoreGuard: RestoreGuard(file: identityFile, reconciliation: reconciliation) {
                [self] _ in
                sessionsEnded.withLock { $0 += 1 }
                return false
            },
            settings: settings, surroundings: surroundings, logger: logger, metrics: metrics)
        engines.withLock { $0.append(engine) }
        #expect(await engine.judge(as: leader))
        running.withLock {
            $0 += [
                Task { try? await follower.run(as: leader) },
                Task { await engine.run(as: leader) },
                Task { await engine.keepIdentity(as: leader) },
            ]
        }
        return leader
    }

    var reconciliation: Reconciliation {
        Reconciliation(
            database: database, node: nodes, contracts: [contract],
            operators: [operatorObject.id], surroundings: .live)
    }

    func stop() async {
        let tasks = running.withLock { running in
            defer { running = [] }
            return running
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    func waitUntilArmed() async throws {
        let isArmed = await eventually { [identityFile] in
            if case .armed? = try? identityFile.read() { true } else { false }
        }
        #expect(isArmed)
    }

    /// Waits until both have ended by themselves.
    func finish() async {
        for task in running.withLock({ $0 }) { await task.value }
    }

    /// What an operator's wish to have it asked for again comes to.
    func hasten(_ id: ChargeID) async throws {
        let engine = try #require(engines.withLock { $0.last })
        try await engine.hasten(id)
    }

    var obstacles: [EngineObstacle] { engines.withLock { $0.last?.obstacles ?? [] } }

    // MARK: - Customers

    /// At work, with a customer that has 1000 and was charged 1: gas coins and costs are known.
    static func charged() async throws -> (world: EngineWorld, customer: CustomerID) {
        let world = try await EngineWorld()
        try await world.start()
        let customer = try await world.customer(11, balance: 1000)
        try await world.waitFor(.settled, of: [try await world.plan(customer, 1, key: "warm")])
        return (world, customer)
    }

    /// A customer with an account on chain, in the database once the follower has seen it.
    func customer(_ number: UInt8, balance: Int64, limit: UInt64 = 0) async throws -> CustomerID {
        let wallet = try Self.key(number)
        try await mint(KnownCoin.sui.type, 10_000_000_000, to: wallet.address)
        if balance > 0 { try await mint(contract.coin, balance, to: wallet.address) }
        try await store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (\(number), '\\x\(wallet.address.description.dropFirst(2))', now())
            """)
        let coins = balance > 0 ? [try await coin(contract.coin, of: wallet.address)] : []
        try await run(by: wallet) { [contract, operatorObject] builder in
            let payment = try builder.coin(
                of: contract.coin, amount: UInt64(balance), from: coins)
            try contract.open(
                operatorObject, spendingLimit: limit, payment: payment, in: &builder)
        }
        return try #require(CustomerID(Int64(number)))
    }

    func account(of customer: CustomerID) async throws -> SharedObject {
        let found = await eventuallyValue { [database] in
            try? await database.primaryAccount(of: customer)
        }
        let row = try #require(found)
        let version = try #require(
            try await store.value(
                """
                SELECT initial_shared_version FROM escrow_accounts
                 WHERE account_id = '\\x\(row.mirror.id.description.dropFirst(2))'
                """))
        return SharedObject(
            id: try ObjectID(bytes: row.mirror.id.bytes),
            initialVersion: try #require(UInt64(version)))
    }

    /// The largest, once the node's index knows of it.
    private func coin(_ type: TypeTag, of owner: SuiAddress) async throws -> CoinHolding {
        let found = await eventuallyValue { [nodes] in
            try? await nodes.coins(of: owner, type: type, limit: 1).first
        }
        return try #require(found)
    }

    func run(
        by key: SuiPrivateKey, _ build: (inout TransactionBuilder) throws -> Void
    ) async throws {
        var builder = TransactionBuilder()
        try build(&builder)
        let coin = try await coin(KnownCoin.sui.type, of: key.address)
        let gas = GasData(
            payment: [coin.reference], owner: key.address, price: 1000,
            budget: 500_000_000)
        let data = try builder.finish(sender: key.address, gas: gas, expiration: .epoch(100))
        let done = try await nodes.execute(
            data.bcs, signatures: [key.sign(.transaction(data.bcs))])
        #expect(done.status == .success)
    }

    /// Plans a charge once the account is known.
    func plan(_ customer: CustomerID, _ amount: Int64, key: String) async throws -> ChargeID {
        let new = NewCharge(
            customer: customer, amount: MicroUSDC(amount), description: nil, invoice: nil,
            key: idempotencyKey(key))
        _ = await eventually { [database] in
            ((try? await database.primaryAccount(of: customer)) ?? nil) != nil
        }
        return try await charges.plan(new).id
    }

    func idempotencyKey(_ key: String) -> IdempotencyKey {
        IdempotencyKey(
            caller: "biller", route: "POST /v1/charges", key: key,
            bodyHash: [UInt8](repeating: 1, count: 32))
    }

    // MARK: - Looking

    func state(_ id: ChargeID) async throws -> Charge.State.Name? {
        try await charges.find(id)?.charge.state.name
    }

    func waitFor(_ state: Charge.State.Name, of ids: [ChargeID]) async throws {
        let isThere = try await eventually { [charges] in
            for id in ids where try await charges.find(id)?.charge.state.name != state {
                return false
            }
            return true
        }
        var states: [String] = []
        for id in ids {
            states.append(try await self.state(id)?.rawValue ?? "nil")
        }
        #expect(isThere, "\(states) instead of \(state), \(obstacles)")
    }

    func count(_ table: String, where condition: String = "true") async throws -> Int {
        Int(try await store.value("SELECT count(*) FROM \(table) WHERE \(condition)") ?? "") ?? -1
    }

    /// The ledger sums to the mirrors, and the mirrors are the chain.
    func expectTruth() async throws {
        let wrong = try await store.value(
            """
            SELECT count(*) FROM escrow_accounts AS a, LATERAL (
                SELECT coalesce(sum(CASE WHEN credit_account = 'escrow/' || n THEN amount_micro_usdc
                            WHEN debit_account = 'escrow/' || n THEN -amount_micro_usdc END), 0) AS e,
                    coalesce(sum(CASE WHEN credit_account = 'held/' || n THEN amount_micro_usdc
                            WHEN debit_account = 'held/' || n THEN -amount_micro_usdc END), 0) AS h
                  FROM ledger_entries, (SELECT '0x' || encode(a.account_id, 'hex') AS n) AS names
                 WHERE account_id = a.account_id) AS l
             WHERE l.e + l.h <> a.balance_micro_usdc OR l.h <> a.held_micro_usdc
            """)
        #expect(wrong == "0")
        let rows = try await store.run(
            """
            SELECT encode(account_id, 'hex'), balance_micro_usdc::text, sequence::text
              FROM escrow_accounts
            """)
        for row in rows {
            let id = try ObjectID(parsing: "0x" + (row[0] ?? ""))
            let object = try #require(try await nodes.objects([id])[id])
            let account = try EscrowAccount(bcs: try #require(object.bcs))
            #expect(String(account.balance) == row[1])
            #expect(String(account.sequence) == row[2])
        }
        #expect(try await count("escrow_breaks") == 0)
    }

    // MARK: - The simulated chain

    /// - Parameter kind: `coin`, or `balance` for the address's own.
    func mint(
        _ type: TypeTag, _ amount: Int64, to address: SuiAddress, into kind: String = "coin"
    ) async throws {
        try await control(
            "mock_mint",
            [
                "address": "\(address)", "coinType": "\(type)", "amount": .integer(amount),
                "into": .string(kind),
            ])
    }

    /// Faults that strike, `count` times.
    func fail(
        _ fault: String, probability: String = "1", method: String? = nil, count: Int64? = nil,
        amount: Int64? = nil
    ) async throws {
        var rule: JSONObject = ["fault": .string(fault), "probability": .decimal(probability)]
        rule["method"] = method.map { .string($0) }
        rule["count"] = count.map { .integer($0) }
        rule["amount"] = amount.map { .integer($0) }
        try await control("mock_setFaults", ["seed": 1, "rules": [.object(rule)]])
    }

    /// The capability belongs to the treasury's key, which follows from the chain's seed.
    func setCharger(_ address: SuiAddress) async throws {
        var seed = BLAKE2b.hash256(Array("mock-sui-node treasury 7".utf8))
        let treasury = try SuiPrivateKey(seed: try SecretBytes(wiping: &seed))
        try await mint(KnownCoin.sui.type, 1_000_000_000, to: treasury.address)
        let info = try await control("mock_dump")
        guard case .array(let objects)? = info["objects"] else { throw TestFailure("no objects") }
        let cap = objects.compactMap { object -> ObjectReference? in
            guard case .object(let object) = object, let type = try? object.text("type"),
                type.hasSuffix("::account::OperatorCap"), let id = try? object.text("objectId"),
                let digest = try? object.text("digest"), let version = object["version"]
            else { return nil }
            let number: UInt64? =
                switch version {
                case .integer(let number): UInt64(number)
                case .string(let text): UInt64(text)
                default: nil
                }
            guard let number, let id = try? ObjectID(parsing: id),
                let digest = try? ObjectDigest(parsing: digest)
            else { return nil }
            return ObjectReference(id: id, version: number, digest: digest)
        }
        let reference = try #require(cap.first)
        try await run(by: treasury) { [contract, operatorObject] builder in
            try contract.rotateCharger(
                of: operatorObject, to: address, capability: reference, in: &builder)
        }
    }

    func endFaults() async throws {
        try await control("mock_setFaults", ["seed": 1, "rules": []])
    }

    @discardableResult
    func control(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONObject {
        try await Self.call(client, chain.url, method, parameters)
    }

    private static func call(
        _ client: HTTPClient, _ url: String, _ method: String, _ parameters: JSONValue
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
        else { throw TestFailure(String(decoding: answer.body.prefix(300), as: UTF8.self)) }
        return result
    }
}

extension JSONObject {
    func text(_ name: String) throws -> String {
        guard case .string(let text)? = self[name] else { throw TestFailure("no \(name)") }
        return text
    }
}

/// The first value that is not nil; nil where there is none in time.
func eventuallyValue<Value: Sendable>(
    _ body: @Sendable () async -> Value?
) async -> Value? {
    let found = Mutex<Value?>(nil)
    _ = await eventually {
        let value = await body()
        found.withLock { $0 = value }
        return value != nil
    }
    return found.withLock { $0 }
}
