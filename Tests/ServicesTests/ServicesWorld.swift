import Determinism
import Identifiers
import Observability
import Storage
import TestSupport
import Testing

@testable import Services

/// A migrated database with customers in it.
final class ServicesWorld: Sendable {
    let store: TestDatabase
    let database: Database
    let time: SimulatedWorld

    init() async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 8, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        time = SimulatedWorld(seed: 1)
    }

    var now: Timestamp { time.surroundings.now() }

    func customer(_ number: Int64) async throws -> CustomerID {
        try await store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, status, created_at)
            VALUES (\(number), decode(lpad(to_hex(\(number)), 64, '0'), 'hex'), 'active', now())
            """)
        return try #require(CustomerID(number))
    }

    @discardableResult
    func save(_ row: InstanceRow) async throws -> Bool {
        let now = now
        return try await database.transaction { transaction throws(StorageError) in
            try await transaction.store(row, at: now)
        }
    }

    /// Changes what is stored, as whoever locks it first.
    @discardableResult
    func change(
        _ customer: CustomerID, _ edit: @Sendable (inout InstanceRow) -> Void
    ) async throws -> Bool {
        let now = now
        return try await database.transaction { transaction throws(StorageError) in
            let found = try await transaction.lockInstance(customer, .seal)
            var row = found ?? InstanceRow(customer: customer, service: .seal)
            edit(&row)
            return try await transaction.store(row, at: now)
        }
    }

    func periods() async throws -> [[String?]] {
        try await store.run(
            """
            SELECT tier, (extract(epoch FROM starts_at) * 1000)::bigint
              FROM service_tier_periods ORDER BY starts_at
            """)
    }
}

enum Chosen {
    static let starter = ServiceConfiguration(
        tier: .starter, hasBurst: false, sealKeys: 1, packagesPerKey: 3, apiKeys: 1)
    static let pro = ServiceConfiguration(
        tier: .pro, hasBurst: true, sealKeys: 2, packagesPerKey: 4, apiKeys: 3)
}
