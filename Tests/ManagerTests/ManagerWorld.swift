import Determinism
import Escrow
import Manager
import Observability
import Storage
import TestSupport
import Testing

/// A database with a leader, and a clock that moves when it is told to.
final class ManagerWorld: Sendable {
    let store: TestDatabase
    let database: Database
    let direct: Database
    let time: SimulatedWorld
    let leader: Generation
    let log: CapturedLog
    let metrics = MetricsRegistry()

    /// - Parameter start: what its clock says; the machine's own time where nothing is said.
    init(start: Timestamp = Surroundings.live.now()) async throws {
        log = try CapturedLog()
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Self.database(store.url, connections: 4)
        direct = try Self.database(store.url, connections: 1)
        time = SimulatedWorld(seed: 1, now: start)
        leader = try #require(try await Leadership(direct: direct).take(as: "first"))
    }

    static func database(_ url: String, connections: Int) throws -> Database {
        try Database(
            DatabaseConfiguration(url: url, poolSize: connections, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
    }

    func runner(_ tasks: ManagerTask...) -> TaskRunner {
        TaskRunner(
            tasks, database: database, holder: "here 1", surroundings: time.surroundings,
            logger: log.logger, metrics: metrics)
    }

    /// Somebody else takes the lead, as after a long silence.
    func depose() async throws {
        try await store.run("UPDATE leader_generation SET counter = counter + 1")
    }

    func runs(_ columns: String = "task, outcome") async throws -> [[String?]] {
        try await store.run("SELECT \(columns) FROM worker_runs ORDER BY run_id")
    }
}

extension ManagerWorld {
    /// A policy by which nothing that a test makes is old.
    var keepingAll: RetentionPolicy {
        var policy = RetentionPolicy.standard
        policy.logDays = 3000
        return policy
    }

    /// A customer with an escrow account that has an open break.
    func brokenAccount(of customer: Int) async throws {
        try await store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (\(customer), decode(repeat('0\(customer)', 32), 'hex'), now());
            """)
        try await store.run(
            """
            INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,
                spending_limit_micro_usdc, period_start, opened_at, checkpoint)
            VALUES (decode(repeat('a\(customer)', 32), 'hex'),
                decode(repeat('0\(customer)', 32), 'hex'), '\\x00', '\\x00', true, 0, now(), now(),
                1)
            """)
        try await store.run(
            """
            INSERT INTO escrow_breaks (class, account_id, digest, event_seq, raised_at)
            VALUES ('amount', decode(repeat('a\(customer)', 32), 'hex'), '\\x00', 0, now())
            """)
    }

    /// An invoice that waits for its charge, and rests on use of a past day.
    func invoice(of customer: Int, daysAgo: Int) async throws {
        try await store.run(
            """
            WITH made AS (
                INSERT INTO billing_records (invoice_id, customer_id, state, reason,
                    total_micro_usdc, price_version, obligation_mark, opened_at, closed_at)
                VALUES (gen_random_uuid(), \(customer), 'closed', 'threshold', 100, 1,
                    decode(repeat('0\(customer)', 16), 'hex'), now(), now())
                RETURNING invoice_id)
            INSERT INTO billing_line_parts (invoice_id, line, hour, from_request, through_request)
            SELECT invoice_id, 0, now() - interval '\(daysAgo) days', 0, 10 FROM made
            """)
    }
}
