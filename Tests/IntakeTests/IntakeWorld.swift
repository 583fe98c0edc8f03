import Determinism
import Observability
import Storage
import TestSupport

@testable import Intake

/// A migrated database with one customer and one key, and what stores lines in it.
struct IntakeWorld {
    /// The time of the sample lines.
    static let moment = Timestamp(milliseconds: 1_795_246_453_050)
    static let customer = 42
    static let keyID = "00000000-0000-4000-8000-000000000001"

    let database: TestDatabase
    let clock = SimulatedWorld(seed: 7, now: moment)
    let registry = MetricsRegistry()
    let metrics: IntakeMetrics
    let budget: QuarantineBudget

    init(budget: QuarantineBudget = QuarantineBudget()) async throws {
        self.budget = budget
        metrics = IntakeMetrics(registry)
        database = try await TestCluster.shared().makeDatabase(migrated: true)
        try await database.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (\(Self.customer), decode(repeat('ab', 32), 'hex'), now());
            INSERT INTO service_instances (customer_id, service_type, created_at, changed_at)
            VALUES (\(Self.customer), 'seal', now(), now());
            SELECT haproxy_logs_make_days('2026-10-15', '2026-11-24')
            """)
        try await addKey(LineText.key, id: Self.keyID)
    }

    func addKey(_ hash: String, id: String) async throws {
        try await database.run(
            """
            INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint, sealed_key,
                created_at, changed_at)
            VALUES ('\(id)', \(Self.customer), 'seal', decode('\(hash)', 'hex'), 'slk_s_abc', 'x',
                now(), now())
            """)
    }

    /// One for the thread that calls, with an intake's rights.
    func makeStore(url: String? = nil, deadlineMilliseconds: Int64 = 20_000) throws -> LineStore {
        let target = try BulkTarget(
            DatabaseConfiguration(
                url: url ?? database.intakeURL, poolSize: 1,
                deadlineMilliseconds: deadlineMilliseconds))
        return LineStore(
            target, budget: budget, metrics: metrics, registry: registry,
            surroundings: clock.surroundings, logger: .disabled)
    }

    /// A batch of messages, judged as if they had come over TCP.
    func batch(_ messages: [[UInt8]], edge: String? = nil) -> LineBatch {
        let judge = LineJudge(
            budget: budget, metrics: metrics, surroundings: clock.surroundings)
        var chunk = LineChunk()
        for message in messages {
            message.withUnsafeBufferPointer {
                judge.judge(
                    $0, from: Sender(source: "test", edge: edge), at: judge.now, into: &chunk)
            }
        }
        var batch = LineBatch(source: "test", clock.surroundings)
        batch.append(chunk)
        return batch
    }

    @discardableResult
    func store(_ batches: [LineBatch], mayBeStored: Bool = false) async throws -> [StoredBatch] {
        try await offThread {
            let store = try makeStore()
            defer { store.close() }
            return try batches.map { try store.store($0, mayBeStored: mayBeStored) }
        }
    }

    @discardableResult
    func store(_ messages: [[UInt8]]) async throws -> StoredBatch {
        try await store([batch(messages)])[0]
    }

    /// Rows as text, a row's columns with a space between.
    func rows(_ query: String) async throws -> [String] {
        try await database.run(query).map { $0.map { $0 ?? "-" }.joined(separator: " ") }
    }
}

/// Lines of one worker, told apart by their numbers.
enum NumberedLines {
    static func line(
        _ number: Int, time: Timestamp? = nil, edge: String = "edge-1", status: Int = 200,
        key: String = LineText.key, process: Int = 25_366
    ) -> [UInt8] {
        let digits = String(number, radix: 16)
        let id = "00000000-0000-4000-9000-" + String(repeating: "0", count: 12 - digits.count)
        let moment = time ?? IntakeWorld.moment.adding(milliseconds: Int64(number % 1000))
        return Array(
            """
            {"v":1,"time":\(moment.milliseconds),"id":"\(id)\(digits)","edge":"\(edge)",\
            "frontend":"seal","start":1795246453000000,"pid":\(process),"lc":\(number),\
            "key":"\(key)","service":"seal","method":"POST","status":\(status),"in":82,"out":4096,\
            "request":0,"queue":1,"connect":2,"response":3,"active":6}
            """.utf8)
    }

    static func lines(_ numbers: some Sequence<Int>) -> [[UInt8]] { numbers.map { line($0) } }
}

/// Runs statements in a transaction of their own.
func offThreadTransaction(
    _ world: IntakeWorld,
    _ body: @escaping @Sendable (borrowing BulkTransaction) throws(StorageError) -> Void
) async throws {
    let target = try BulkTarget(
        DatabaseConfiguration(url: world.database.intakeURL, deadlineMilliseconds: 60_000))
    try await offThread {
        let connection = BulkConnection(
            target, logger: .disabled, metrics: MetricsRegistry(), pool: "test")
        try connection.transaction(until: .after(milliseconds: 60_000), body)
        connection.close()
    }
}
