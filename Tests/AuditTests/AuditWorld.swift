import Audit
import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import TestSupport

/// A database with an audit log, whose clock can be moved as ours can, and a sealer's key.
struct AuditWorld {
    let store: TestDatabase
    let database: Database
    let time: SimulatedWorld
    let key: Ed25519SigningKey
    let sealer: AuditSealer

    init(now: Timestamp = Surroundings.live.now()) async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        // What our statements find when they ask for the time; `moved` below moves it.
        try await store.run(
            """
            CREATE TABLE test_clock (ahead interval);
            INSERT INTO test_clock VALUES ('0');
            GRANT SELECT ON test_clock TO sluice;
            CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM public.test_clock';
            ALTER TABLE audit_log ALTER recorded_at SET DEFAULT public.clock_timestamp();
            ALTER DATABASE \(store.name) SET search_path = public, pg_catalog
            """)
        database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 4, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        time = SimulatedWorld(seed: 1, now: now)
        key = try Self.key(7)
        sealer = Self.sealer(database, key, time)
    }

    static func key(_ byte: UInt8) throws -> Ed25519SigningKey {
        try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: byte, count: 32)))
    }

    static func sealer(
        _ database: Database, _ key: Ed25519SigningKey, _ time: SimulatedWorld,
        headFile: AuditHeadFile? = nil, logger: Logger = .disabled,
        metrics: MetricsRegistry = MetricsRegistry()
    ) -> AuditSealer {
        AuditSealer(
            database: database, key: key, headFile: headFile, surroundings: time.surroundings,
            logger: logger, metrics: metrics)
    }

    /// As after a restart of the gateway: what it remembered is gone, but for a file.
    func newSealer(
        _ headFile: AuditHeadFile? = nil, key: Ed25519SigningKey? = nil,
        logger: Logger = .disabled, metrics: MetricsRegistry = MetricsRegistry()
    ) -> AuditSealer {
        Self.sealer(
            database, key ?? self.key, time, headFile: headFile, logger: logger, metrics: metrics)
    }

    var now: Timestamp { time.surroundings.now() }

    /// Moves both clocks.
    func pass(minutes: Int64) async throws {
        time.advance(milliseconds: minutes * 60_000)
        try await moveDatabaseClock(minutes: minutes)
    }

    func moveDatabaseClock(minutes: Int64) async throws {
        try await store.run(
            "UPDATE public.test_clock SET ahead = ahead + interval '\(minutes) minutes'")
    }

    /// Writes rows and seals them in batches of `batch`.
    func write(_ count: Int, batch: Int = 5, sealer: AuditSealer? = nil) async throws {
        for index in 0..<count {
            let record = AuditRecord(
                action: .signInFailed, outcome: .failure, reason: "signature_invalid",
                customerID: 5, sessionID: SQLUUID(bytes: Array(1...16)),
                walletAddress: "0xabc", ip: "192.0.2.1", userAgent: "agent \(index)",
                requestID: "r-\(index)", details: ["attempt": .integer(Int64(index))])
            try await database.execute(record.insertion(at: now))
            time.advance(milliseconds: 10)
            if (index + 1) % batch == 0 { try await (sealer ?? self.sealer).sealNow() }
        }
        try await (sealer ?? self.sealer).sealNow()
    }

    func verify(
        through heads: [AuditHead] = [], keys: [[UInt8]]? = nil
    ) async throws -> AuditReport {
        try await AuditVerifier(database: database, publicKeys: keys ?? [key.publicKey])
            .verify(through: heads)
    }

    /// Does what only somebody with all rights in the database can.
    func tamper(_ script: String) async throws {
        let tables = ["audit_log", "audit_sealed_rows", "audit_seals"]
        let off = tables.map { "ALTER TABLE \($0) DISABLE TRIGGER ALL;" }.joined()
        let on = tables.map { "ALTER TABLE \($0) ENABLE TRIGGER ALL;" }.joined()
        try await store.run(off + script + ";" + on)
    }

    /// Takes the seals after a position away, with their rows' places, and changes those rows.
    func cutBack(to position: Int) async throws {
        try await tamper(
            """
            UPDATE audit_log SET outcome = 'success' WHERE audit_id IN
                (SELECT audit_id FROM audit_sealed_rows WHERE position > \(position));
            DELETE FROM audit_sealed_rows WHERE position > \(position);
            DELETE FROM audit_seals WHERE position > \(position)
            """)
    }
}
