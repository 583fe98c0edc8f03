import Determinism
import Identifiers
import Observability
import Storage
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

/// A followed chain with three accounts, and all that can happen on them, that reconciles.
struct ReconciledWorld {
    let chain: FollowerWorld
    let follower: Follower
    let settled: ChargeID
    let live: ChargeID

    /// Two customers with deposits, a settled, a declined, a refunded, a planned and a withdrawn
    /// charge; a stranger's account and an unreadable event.
    init() async throws {
        chain = try await FollowerWorld()
        follower = chain.follower()
        let base = chain.base
        for number in [1, 2] {
            try await base.store.run(
                """
                INSERT INTO customers (customer_id, wallet_address, created_at)
                VALUES (\(number), '\\x\(try Sample.address(number).description.dropFirst(2))', now())
                """)
            chain.add([try EscrowWorld.opened(number), try EscrowWorld.deposited(number, 100, 100)])
        }
        chain.add([try EscrowWorld.opened(3, operator: 901), try EscrowWorld.deposited(3, 1, 1)])
        try chain.add(chain.contract.type(of: .charged), bcs: [1], digest: 77)
        try await follower.catchUp(as: base.leader)
        let customer = try #require(CustomerID(1))
        settled = try await base.charges.plan(base.newCharge(customer, 10, key: "a")).id
        let reference = try await base.reference(settled)
        chain.add([try EscrowWorld.charged(1, 1, 10, reference, after: 90)])
        try await follower.catchUp(as: base.leader)
        let declined = try await base.charges.plan(base.newCharge(customer, 20, key: "b")).id
        chain.add([
            try EscrowWorld.withdrawn(1, 80, 10),
            try EscrowWorld.declined(
                1, 2, 20, try await base.reference(declined), .insufficientBalance, balance: 10),
        ])
        try await follower.catchUp(as: base.leader)
        live = try await base.charges.plan(base.newCharge(customer, 5, key: "c")).id
        let withdrawn = try await base.charges.plan(base.newCharge(customer, 5, key: "d")).id
        #expect(try await base.signing.withdraw(withdrawn, as: base.leader))
        try await tellObjects()
    }

    /// The node has the accounts as the mirrors have them.
    func tellObjects() async throws {
        let mirrors = try await chain.base.database.mirrors(after: nil, among: nil, limit: 100)
        for row in mirrors { try tell(row.mirror) }
    }

    /// - Parameter periodMoved: by how many milliseconds the chain's period is ahead.
    func tell(
        _ mirror: AccountMirror, balance: Int64? = nil, periodMoved: Int64 = 0,
        periodCharged: Int64? = nil
    ) throws {
        let id = try ObjectID(bytes: mirror.id.bytes)
        let account = EscrowAccount(
            id: id, owner: mirror.owner, operator: try Sample.address(EscrowWorld.operatorID),
            balance: UInt64(balance ?? mirror.balance.units),
            spendingLimit: UInt64(mirror.spendingLimit.units),
            periodStart: UInt64(mirror.periodStart.milliseconds + periodMoved),
            periodCharged: UInt64(periodCharged ?? mirror.periodCharged.units),
            sequence: UInt64(mirror.sequence))
        let object = NodeObject(
            reference: ObjectReference(
                id: id, version: 9,
                digest: try ObjectDigest(bytes: [UInt8](repeating: 1, count: 32))),
            owner: .shared(initialVersion: 5), type: chain.contract.accountType, bcs: account.bcs)
        chain.node.write { $0.objects[id] = object }
    }

    func reconciliation(node: Bool = true) -> Reconciliation {
        Reconciliation(
            database: chain.base.database, node: node ? chain.node : nil,
            contracts: [chain.contract], operators: chain.base.operators,
            surroundings: chain.base.time.surroundings)
    }

    func run(
        _ scope: ReconciliationScope = ReconciliationScope(), node: Bool = true,
        as leader: Generation? = nil, fromStart: Bool = false
    ) async throws -> (summary: ReconciliationSummary, found: [Discrepancy]) {
        let found = Collected()
        let summary = try await reconciliation(node: node).run(
            scope, as: leader, fromStart: fromStart, found: { found.add($0) })
        return (summary, found.all)
    }

    /// As somebody who may switch triggers off.
    func tamper(_ table: String, _ statement: String) async throws {
        try await chain.base.store.run(
            """
            ALTER TABLE \(table) DISABLE TRIGGER USER; \(statement);
            ALTER TABLE \(table) ENABLE TRIGGER USER
            """)
    }
}

final class Collected: Sendable {
    private let found = Mutex<[Discrepancy]>([])

    func add(_ discrepancy: Discrepancy) { found.withLock { $0.append(discrepancy) } }

    var all: [Discrepancy] { found.withLock { $0 } }
}

final class Deeds: Sendable {
    private let done = Mutex<[RepairDeed]>([])

    func add(_ deed: RepairDeed) { done.withLock { $0.append(deed) } }

    var all: [RepairDeed] { done.withLock { $0 } }
}
