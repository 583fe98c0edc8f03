import ByteCodecs
import Determinism
import Idempotency
import Identifiers
import Observability
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

/// A database with a leader and a follower, and a chain that says whatever a test wants.
final class EscrowWorld: Sendable {
    static let operatorID = 900

    let store: TestDatabase
    let database: Database
    let direct: Database
    let time: SimulatedWorld
    let leader: Generation
    let charges: Charges
    let signing: SigningBook
    let bookkeeper: Bookkeeper
    let operators: Set<ObjectID>

    init(poolSize: Int = 8, begins: Bool = true) async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Database(
            DatabaseConfiguration(
                url: store.url, poolSize: poolSize, deadlineMilliseconds: 60_000),
            logger: .disabled,
            metrics: MetricsRegistry())
        direct = try Database(
            DatabaseConfiguration(
                url: store.url, poolSize: 1, deadlineMilliseconds: 60_000), logger: .disabled,
            metrics: MetricsRegistry())
        time = SimulatedWorld(seed: 1)
        leader = try #require(try await Leadership(direct: direct).take(as: "first"))
        charges = Charges(database: database, surroundings: time.surroundings)
        signing = SigningBook(database: database, surroundings: time.surroundings)
        operators = [try Sample.address(Self.operatorID)]
        bookkeeper = Bookkeeper(
            database: database, surroundings: time.surroundings, operators: operators)
        if begins { try await bookkeeper.begin(after: 0, epoch: 1, as: leader) }
    }

    /// Books events in the next checkpoint, one transaction.
    @discardableResult
    func book(
        _ digest: Int, _ events: [(account: Int, EscrowEvent)] = [], gas: [GasCoin] = [],
        epoch: Int64 = 1
    ) async throws -> Bookkeeper.Summary {
        let first = try #require(try await bookkeeper.mark()) + 1
        let raw = try events.enumerated().map { place, event in
            RawEvent(
                id: try Sample.event(digest, Int64(place)), checkpoint: first,
                at: time.surroundings.now(), event.1)
        }
        return try await bookkeeper.book(
            CheckpointWindow(first: first, last: first, epoch: epoch, events: raw, gas: gas),
            as: leader)
    }

    /// A customer with an account; its number is that of wallet and account.
    func customer(_ number: Int, balance: UInt64, limit: UInt64 = 0) async throws -> CustomerID {
        let wallet = try Sample.address(number)
        try await store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (\(number), '\\x\(String(wallet.description.dropFirst(2)))', now())
            """)
        var events = [(number, try Self.opened(number, limit: limit))]
        if balance > 0 { events.append((number, try Self.deposited(number, balance, balance))) }
        try await book(10_000 + number, events)
        return try #require(CustomerID(Int64(number)))
    }

    static func opened(
        _ number: Int, operator: Int = operatorID, owner: Int? = nil, limit: UInt64 = 0
    ) throws -> EscrowEvent {
        .accountOpened(
            .init(
                account: try Sample.address(number), tracker: try Sample.address(number + 5000),
                owner: try Sample.address(owner ?? number),
                operator: try Sample.address(`operator`),
                spendingLimit: limit, timestamp: 1_800_000_000_000))
    }

    static func deposited(_ number: Int, _ amount: UInt64, _ after: UInt64) throws -> EscrowEvent {
        .deposited(
            .init(
                account: try Sample.address(number), from: try Sample.address(number),
                amount: amount, balanceAfter: after))
    }

    static func withdrawn(_ number: Int, _ amount: UInt64, _ after: UInt64) throws -> EscrowEvent {
        .withdrawn(
            .init(account: try Sample.address(number), amount: amount, balanceAfter: after))
    }

    static func charged(
        _ number: Int, _ sequence: UInt64, _ amount: UInt64, _ reference: [UInt8],
        after: UInt64, period: UInt64? = nil
    ) throws -> EscrowEvent {
        .charged(
            .init(
                account: try Sample.address(number), sequence: sequence, amount: amount,
                reference: reference, balanceAfter: after, periodCharged: period ?? amount,
                periodStart: 1_800_000_000_000))
    }

    static func declined(
        _ number: Int, _ sequence: UInt64, _ amount: UInt64, _ reference: [UInt8],
        _ reason: DeclineReason, balance: UInt64
    ) throws -> EscrowEvent {
        .declined(
            .init(
                account: try Sample.address(number), sequence: sequence, amount: amount,
                reference: reference, reason: reason, balance: balance, periodCharged: 0))
    }

    func newCharge(
        _ customer: CustomerID, _ amount: Int64, key: String, invoice: String? = nil,
        body: UInt8 = 1
    ) -> NewCharge {
        NewCharge(
            customer: customer, amount: MicroUSDC(amount), description: "use", invoice: invoice,
            key: idempotencyKey(key, body: body))
    }

    func idempotencyKey(_ key: String, body: UInt8 = 1) -> IdempotencyKey {
        IdempotencyKey(
            caller: "biller", route: "POST /v1/charges", key: key,
            bodyHash: [UInt8](repeating: body, count: 32))
    }

    /// Lets the leader know of a gas coin.
    func gas(_ number: Int, version: UInt64 = 1) async throws -> ObjectReference {
        let reference = try Sample.gas(number, version: version)
        try await book(
            20_000 + number * 100 + Int(version), gas: [.init(reference: reference, balance: 1)])
        return reference
    }

    func batch(
        _ purpose: ChargeBatch.Purpose, _ operations: [(id: ChargeID, sequence: Int64)],
        gas: ObjectReference, digest: Int, lastEpoch: Int64 = 2
    ) async throws -> SignedBatch {
        var found: [ChargeBatch.Operation] = []
        for operation in operations {
            let record = try #require(try await charges.find(operation.id))
            found.append(
                .init(
                    charge: record.id, account: record.account, sequence: operation.sequence,
                    amount: record.amount, reference: record.reference))
        }
        return SignedBatch(
            try ChargeBatch(purpose, found, gas: gas, lastEpoch: lastEpoch),
            digest: try Sample.digest(digest), bytes: [1], signature: [2])
    }

    func state(_ id: ChargeID) async throws -> Charge.State.Name? {
        try await charges.find(id)?.charge.state.name
    }

    func reference(_ id: ChargeID) async throws -> [UInt8] {
        try #require(try await charges.find(id)).reference.bytes
    }

    /// The ledger and the mirrors say the same, and nothing is held for what has ended.
    func expectBalanced() async throws {
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
                OR l.h <> (SELECT coalesce(sum(amount_micro_usdc), 0) FROM charges AS c
                            WHERE c.account_id = a.account_id AND c.kind = 'charge'
                              AND c.state IN ('planned', 'signed'))
            """)
        #expect(wrong == "0")
    }

    func count(_ table: String, where condition: String = "true") async throws -> Int {
        Int(try await store.value("SELECT count(*) FROM \(table) WHERE \(condition)") ?? "") ?? -1
    }

    /// As a human who has looked at all of them.
    ///
    /// - Returns: how many there were.
    func acceptBreaks() async throws -> Int {
        let breaks = Breaks(database: database, surroundings: time.surroundings)
        let open = try await breaks.open()
        for found in open {
            _ = try await breaks.accept(found.number, because: "looked", by: .null)
        }
        return open.count
    }
}
