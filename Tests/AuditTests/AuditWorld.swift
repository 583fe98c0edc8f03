import Audit
import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import TestSupport

/// A database with an audit log, a clock that stands still, and a sealer's key.
struct AuditWorld {
    let store: TestDatabase
    let database: Database
    let time: SimulatedWorld
    let key: Ed25519SigningKey
    let sealer: AuditSealer

    init() async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 4), logger: .disabled,
            metrics: MetricsRegistry())
        time = SimulatedWorld(seed: 1)
        key = try Self.key(7)
        sealer = Self.sealer(database, key, time)
    }

    static func key(_ byte: UInt8) throws -> Ed25519SigningKey {
        try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: byte, count: 32)))
    }

    static func sealer(
        _ database: Database, _ key: Ed25519SigningKey, _ time: SimulatedWorld
    ) -> AuditSealer {
        AuditSealer(
            database: database, key: key, surroundings: time.surroundings, logger: .disabled,
            metrics: MetricsRegistry())
    }

    var now: Timestamp { time.surroundings.now() }

    /// Writes rows and seals them in batches of `batch`.
    func write(_ count: Int, batch: Int = 5) async throws {
        for index in 0..<count {
            let record = AuditRecord(
                action: .signInFailed, outcome: .failure, reason: "signature_invalid",
                customerID: 5, sessionID: SQLUUID(bytes: Array(1...16)),
                walletAddress: "0xabc", ip: "192.0.2.1", userAgent: "agent \(index)",
                requestID: "r-\(index)", details: ["attempt": .integer(Int64(index))])
            try await database.execute(record.insertion(at: now))
            time.advance(milliseconds: 10)
            if (index + 1) % batch == 0 { try await sealer.sealNow() }
        }
        try await sealer.sealNow()
    }

    func verify(
        upTo head: AuditHead? = nil, keys: [[UInt8]]? = nil
    ) async throws -> AuditReport {
        try await AuditVerifier(
            database: database, publicKeys: keys ?? [key.publicKey],
            surroundings: time.surroundings
        ).verify(upTo: head)
    }

    /// Does what only somebody with all rights in the database can.
    func tamper(_ script: String) async throws {
        let tables = ["audit_log", "audit_sealed_rows", "audit_seals"]
        let off = tables.map { "ALTER TABLE \($0) DISABLE TRIGGER ALL;" }.joined()
        let on = tables.map { "ALTER TABLE \($0) ENABLE TRIGGER ALL;" }.joined()
        try await store.run(off + script + ";" + on)
    }
}
