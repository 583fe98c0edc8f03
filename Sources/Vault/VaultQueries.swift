import Determinism
import Storage

/// Which moment of the database was read.
struct SnapshotRow: SQLRow {
    let text: String

    init(from columns: inout SQLColumns) throws(StorageError) { text = try columns.next() }
}

/// What a row of `vault_versions` is made of, besides the manifest.
struct VaultVersionRow: Sendable {
    let manifest: VaultManifest
    let asOf: Timestamp
    let snapshot: String
    let isWhole: Bool
    let rates: String
    let rolledBackTo: Int64?
    let sealedUnder: Int?
}

extension SQL {
    /// Changed by a transaction that a snapshot does not see. The first condition is what the index
    /// is for.
    fileprivate static let isNew: SQL =
        """
        c.transaction_id >= pg_snapshot_xmin(v.snapshot)
            AND NOT pg_visible_in_snapshot(c.transaction_id, v.snapshot)
        """

    /// A key that HAProxy is to know, of an instance that it serves or answers 402 for.
    fileprivate static func isKnown(asOf: Timestamp) -> SQL {
        """
        k.state = 'active' AND k.vault_key IS NOT NULL
            AND (k.expires_at IS NULL OR k.expires_at > \(asOf))
            AND i.state IN ('enabled', 'suspended_no_payment', 'suspended_spending_limit',
                'suspended_by_operator')
        """
    }
}

extension StatementRunner {
    /// - Parameters:
    ///   - version: of the folder in force; 0 where there is none.
    ///   - now: keys that expired since the version was read are news.
    func vaultStanding(
        of version: Int64, at now: Timestamp
    ) async throws(StorageError) -> VaultStanding? {
        try await first(
            """
            SELECT coalesce((SELECT max(version) FROM vault_versions), 0),
                EXISTS (SELECT FROM api_keys WHERE vault_key IS NULL AND state = 'active'),
                (SELECT min(vault_key_version)::bigint FROM api_keys),
                (SELECT max(vault_key_version)::bigint FROM api_keys),
                EXISTS (SELECT FROM api_keys WHERE state = 'active' AND expires_at <= \(now)),
                v.version, v.as_of, v.base, b.made_at, v.since, v.is_whole, v.key_count,
                v.map_digest, v.changes_digest, v.rates, v.rolled_back_to,
                v.published_at IS NOT NULL, v.sealed_under::bigint,
                EXISTS (SELECT FROM vault_changes AS c WHERE \(sql: .isNew))
                    OR EXISTS (
                        SELECT FROM api_keys WHERE state = 'active'
                           AND expires_at > v.as_of AND expires_at <= \(now))
              FROM (SELECT) AS one LEFT JOIN vault_versions AS v ON v.version = \(version)
              LEFT JOIN vault_versions AS b ON b.version = v.base
            """)
    }

    func countVaultNews(since version: Int64, limit: Int) async throws(StorageError) -> Int {
        try await value(
            """
            SELECT count(*) FROM (
                SELECT FROM vault_changes AS c, vault_versions AS v
                 WHERE v.version = \(version) AND \(sql: .isNew) LIMIT \(limit)) AS new
            """) ?? 0
    }
}

extension Transaction {
    /// To be called first: what follows sees one moment of the database.
    func readVault() async throws(StorageError) -> String {
        try await execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        let row: SnapshotRow? = try await first("SELECT pg_current_snapshot()::text")
        guard let row else { throw .unexpectedValue(column: "pg_current_snapshot") }
        return row.text
    }

    /// All keys by ascending hash, for ``nextVaultRows()``.
    func openVaultRows(asOf: Timestamp) async throws(StorageError) {
        try await execute(
            """
            DECLARE vault_rows NO SCROLL CURSOR FOR
            SELECT k.key_hash, k.customer_id, k.service_type, i.state, i.tier, i.has_burst,
                k.vault_key
              FROM api_keys AS k JOIN service_instances AS i USING (customer_id, service_type)
             WHERE \(sql: .isKnown(asOf: asOf))
             ORDER BY k.key_hash
            """)
    }

    /// - Returns: none at the end.
    func nextVaultRows() async throws(StorageError) -> [VaultRow] {
        try await rows("FETCH FORWARD 5000 FROM vault_rows")
    }

    /// Keys that changed after a version was read, by ascending hash, as they are now.
    func changedVaultRows(
        since version: Int64, asOf: Timestamp, limit: Int
    ) async throws(StorageError) -> [VaultRow] {
        try await rows(
            """
            WITH changed AS (
                SELECT c.key_hash FROM vault_changes AS c, vault_versions AS v
                 WHERE v.version = \(version) AND \(sql: .isNew)
                UNION
                SELECT e.key_hash FROM api_keys AS e, vault_versions AS v
                 WHERE v.version = \(version) AND e.state = 'active'
                   AND e.expires_at > v.as_of AND e.expires_at <= \(asOf)
                LIMIT \(limit)), known AS (
                SELECT k.key_hash, k.customer_id, k.service_type, i.state, i.tier, i.has_burst,
                    k.vault_key
                  FROM changed JOIN api_keys AS k USING (key_hash)
                  JOIN service_instances AS i USING (customer_id, service_type)
                 WHERE \(sql: .isKnown(asOf: asOf)))
            SELECT changed.key_hash, customer_id, service_type, state, tier, has_burst, vault_key
              FROM changed LEFT JOIN known USING (key_hash) ORDER BY changed.key_hash
            """)
    }

    /// - Throws: ``StorageError/constraintViolated(name:kind:)`` where the version is taken.
    func claimVersion(_ row: VaultVersionRow) async throws(StorageError) {
        let manifest = row.manifest
        try await execute(
            """
            INSERT INTO vault_versions (version, made_at, as_of, snapshot, base, since, is_whole,
                key_count, map_digest, table_digest, changes_digest, rates, rolled_back_to,
                sealed_under)
            VALUES (\(manifest.version), \(manifest.madeAt), \(row.asOf),
                \(row.snapshot)::text::pg_snapshot, \(manifest.base), \(manifest.since),
                \(row.isWhole), \(manifest.keyCount), \(manifest.map.digest),
                \(manifest.table.digest), \(manifest.changes.digest), \(row.rates),
                \(row.rolledBackTo), \(row.sealedUnder)::integer)
            """)
    }

    func markPublished(_ version: Int64, at now: Timestamp) async throws(StorageError) {
        try await execute(
            """
            UPDATE vault_versions SET published_at = \(now)
             WHERE version = \(version) AND published_at IS NULL
            """)
    }

    /// The version has all of a later moment as well.
    func advance(
        _ version: Int64, to snapshot: String, asOf: Timestamp, sealedUnder: Int?
    ) async throws(StorageError) {
        try await execute(
            """
            UPDATE vault_versions
               SET snapshot = \(snapshot)::text::pg_snapshot, as_of = \(asOf),
                   sealed_under = \(sealedUnder)::integer
             WHERE version = \(version)
            """)
    }

    /// Forgets changes that every file of changes from now on leaves out.
    func forgetVaultChanges(before version: Int64) async throws(StorageError) {
        try await execute(
            """
            DELETE FROM vault_changes AS c USING vault_versions AS v
             WHERE v.version = \(version)
               AND pg_visible_in_snapshot(c.transaction_id, v.snapshot)
            """)
    }
}
