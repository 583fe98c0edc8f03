import Determinism
import Identifiers
import Observability
import Storage
import TestSupport

@testable import Idempotency

/// Two processes' pools over one database, and a work that can be counted.
final class KeyWorld: Sendable {
    let store: TestDatabase
    let database: Database
    let other: Database
    let clock = SimulatedWorld(seed: 3)

    init() async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Self.pool(store)
        other = try Self.pool(store)
    }

    private static func pool(_ store: TestDatabase) throws -> Database {
        try Database(
            DatabaseConfiguration(url: store.url, poolSize: 3, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
    }

    static func key(
        _ key: String = "k", caller: String = "customer/1", route: String = "PATCH /v1/customer",
        body: UInt8 = 1
    ) -> IdempotencyKey {
        IdempotencyKey(
            caller: caller, route: route, key: key, bodyHash: [UInt8](repeating: body, count: 32))
    }

    static func answer(_ number: Int) -> KeptAnswer {
        KeptAnswer(
            status: 202,
            fields: [
                .init(name: "Content-Type", value: "application/json"),
                .init(name: "Cache-Control", value: "no-store"),
            ],
            body: Array(#"{ "number":\#(number) }"#.utf8) + [0, 0xFF])
    }

    /// Makes the customer of that number, unless it is negative: then it refuses.
    func make(
        _ number: Int, under key: IdempotencyKey, made: UUIDv7? = nil,
        through pool: Database? = nil,
        meanwhile: @escaping @Sendable () async -> Void = {}
    ) async throws(StorageError) -> Result<KeyedOutcome<Int>?, KeyRefusal> {
        try await (pool ?? database).once(
            KeyedRequest(key: key) { Self.answer($0) }, at: clock.surroundings.now(),
            made: { _ in made },
            work: { transaction throws(StorageError) in
                let id = SQLUUID(bytes: (0..<16).map { UInt8(truncatingIfNeeded: number &+ $0) })
                try await transaction.execute(
                    "INSERT INTO session_ends (session_id) VALUES (\(id))")
                await meanwhile()
                return number < 0 ? nil : number
            })
    }

    func count(_ query: String) async throws -> Int {
        Int(try await store.value(query) ?? "") ?? -1
    }

    func works() async throws -> Int { try await count("SELECT count(*) FROM session_ends") }

    func keys() async throws -> Int { try await count("SELECT count(*) FROM idempotency_keys") }

    deinit {
        database.close()
        other.close()
    }
}
