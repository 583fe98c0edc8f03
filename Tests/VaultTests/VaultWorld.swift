import Cryptography
import Determinism
import Glibc
import Identifiers
import Observability
import Services
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Vault

/// A database with keys in it, and a vault that is kept at what it says.
final class VaultWorld: Sendable {
    let store: TestDatabase
    let database: Database
    let reading: Database
    let sample: VaultSample
    private let rate = Mutex(100)

    init() async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 2, deadlineMilliseconds: 60_000),
            logger: .disabled,
            metrics: MetricsRegistry())
        reading = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        sample = try VaultSample()
        try await run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            SELECT n, decode(lpad(to_hex(n), 64, '0'), 'hex'), now()
              FROM generate_series(1, 4) AS n;
            INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,
                seal_keys, packages_per_key, api_keys, created_at, changed_at)
            SELECT n, 'seal', 'enabled', 'pro', n = 2, 1, 1, 5, now(), now()
              FROM generate_series(1, 4) AS n
            """)
    }

    deinit {
        database.close()
        reading.close()
    }

    func run(_ script: String) async throws { try await store.run(script) }

    /// Keys numbered from `numbers`, each of the customer `number % 4 + 1`.
    func addKeys(_ numbers: ClosedRange<Int>, vaultKey: String? = "AAAA:BBBB:CCC=") async throws {
        try await run(
            """
            INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint, sealed_key,
                vault_key, created_at, changed_at)
            SELECT lpad(to_hex(n + 1), 32, '0')::uuid, n % 4 + 1, 'seal',
                decode(lpad(to_hex(n), 6, '0') || repeat('07', 29), 'hex'), 'hint', 'A:B:C',
                \(vaultKey.map { "'\($0)'" } ?? "NULL"), now(), now()
              FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound)) AS n
            """)
    }

    static func hash(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
            + String(repeating: "07", count: 29)
    }

    func change(_ number: Int, _ assignment: String) async throws {
        try await run(
            """
            UPDATE api_keys SET \(assignment)
             WHERE key_hash = decode('\(Self.hash(number))', 'hex')
            """)
    }

    func setRate(_ value: Int) { rate.withLock { $0 = value } }

    /// - Parameter smallCount: up to so many keys are all written with every change.
    func publisher(
        smallCount: Int64 = 20_000, vaultKeys: [Int: UInt8] = [1: 2],
        _ change: (inout VaultPublisher.Settings) -> Void = { _ in },
        reached: @escaping @Sendable (VaultFolder.Step) throws(VaultRefusal) -> Void = {
            _ throws(VaultRefusal) in
        }
    ) throws -> VaultPublisher {
        var settings = VaultPublisher.Settings()
        settings.smallCount = smallCount
        // On a slow machine it would look for changes between any two rows, and publish them.
        settings.lookMilliseconds = 3_600_000
        change(&settings)
        var folder = sample.folder
        folder.reached = reached
        let sealing = VaultKeySealing(
            stored: try Self.sealer(1), sealer: VaultKeySealer(try Self.sealer(vaultKeys)))
        return VaultPublisher(
            folder, database: database, reading: reading, key: sample.signingKey,
            sealing: sealing, settings: settings, surroundings: sample.world.surroundings
        ) { [self] _ in
            let pro = rate.withLock { $0 }
            return VaultRates([
                VaultRates.Tariff(.seal, .pro, hasBurst: false): pro,
                VaultRates.Tariff(.seal, .pro, hasBurst: true): 10 * pro,
            ])
        }
    }

    static func sealer(_ number: UInt8) throws -> SecretSealer {
        try SecretSealer(key: SecretBytes([UInt8](repeating: number, count: 32)))
    }

    /// - Parameter numbers: by version; the highest seals.
    static func sealer(_ numbers: [Int: UInt8]) throws -> SecretSealer {
        try SecretSealer(
            keys: numbers.sorted { $0.key > $1.key }.map { version, number in
                try SealingKey(
                    version: version,
                    secret: SharedSecret(SecretBytes([UInt8](repeating: number, count: 32))))
            })
    }

    /// Keys of customer 2 as a gateway makes them, sealed for the database alone.
    func makeKeys(_ count: Int) async throws -> [APIKey] {
        let surroundings = sample.world.surroundings
        var keys: [APIKey] = []
        for _ in 0..<count {
            let (key, id) = (APIKey(for: .seal, from: surroundings), APIKeyID(from: surroundings))
            let sealed = try Self.sealer(1).seal(
                Array(key.text.utf8), context: APIKeys.sealingContext(id), surroundings)
            try await run(
                """
                INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,
                    sealed_key, created_at, changed_at)
                VALUES ('\(id)', 2, 'seal', decode('\(key.hash)', 'hex'), 'hint', '\(sealed)',
                    now(), now())
                """)
            keys.append(key)
        }
        return keys
    }

    /// Lines of the table in force, without its head.
    func table() throws -> [Substring] {
        Array(try sample.text(VaultFiles.table).split(separator: "\n").dropFirst())
    }

    var commit: VaultPublisher.Commit {
        { [database] body async throws(VaultError) in
            do throws(StorageError) {
                try await database.transaction { transaction throws(StorageError) in
                    try await body(transaction)
                }
            } catch {
                throw .storage(error)
            }
        }
    }

    @discardableResult
    func publish(
        smallCount: Int64 = 20_000, anew: Bool = false
    ) async throws -> VaultOutcome {
        try await publisher(smallCount: smallCount).run(anew: anew, releasing: anew, as: commit)
    }

    /// What HAProxy makes of the vault in force.
    func inForce() throws -> [String: String] {
        let set = try sample.read()
        #expect(!set.isBehind)
        return VaultDeltaTests.read(try set.mapInForce)
    }

    /// The grant of one key in the vault in force.
    func grant(_ number: Int) throws -> String? { try inForce()[Self.hash(number)] }

    /// Version and digest of the last row that says that it is in force.
    func published() async throws -> [String?]? {
        try await store.run(
            """
            SELECT version, map_digest, changes_digest FROM vault_versions
             WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1
            """
        ).first
    }
}
