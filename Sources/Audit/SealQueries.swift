import Determinism
import Storage

/// How long a row may take from getting its id until it is committed. Later it is no longer
/// sealed, and shows as inserted: far above every deadline of a transaction.
enum Lateness {
    static let milliseconds: Int64 = 2 * 60 * 1000
}

extension StatementRunner {
    func lastSeal() async throws(StorageError) -> AuditSeal? {
        try await first(
            "SELECT \(sql: AuditSeal.columns) FROM audit_seals ORDER BY position DESC LIMIT 1")
    }

    /// Up to this id everything that will ever be sealed has been; zero before the first seal.
    func settledAuditID(at now: Timestamp) async throws(StorageError) -> Int64 {
        let limit = now.adding(milliseconds: -Lateness.milliseconds)
        return try await value(
            """
            SELECT highest_audit_id FROM audit_seals WHERE sealed_at < \(limit)
             ORDER BY position DESC LIMIT 1
            """) ?? 0
    }
}

extension Transaction {
    /// One sealer at a time, until the transaction ends.
    func takeSealLock() async throws(StorageError) -> Bool {
        // "sluicesl" in ASCII.
        try await value("SELECT pg_try_advisory_xact_lock(\(Int64(0x736C_7569_6365_736C)))")
            ?? false
    }

    func rows(above auditID: Int64, limit: Int) async throws(StorageError) -> [LoggedRow] {
        try await rows(
            """
            SELECT \(sql: LoggedRow.columns) FROM audit_log AS l WHERE l.audit_id > \(auditID)
             ORDER BY l.audit_id LIMIT \(limit)
            """)
    }

    /// Rows that were committed after ones with higher ids had been sealed.
    func lateRows(
        above settled: Int64, upTo highest: Int64, limit: Int
    ) async throws(StorageError) -> [LoggedRow] {
        try await rows(
            """
            SELECT \(sql: LoggedRow.columns) FROM audit_log AS l
             WHERE l.audit_id > \(settled) AND l.audit_id <= \(highest)
               AND NOT EXISTS (
                    SELECT FROM audit_sealed_rows AS s
                     WHERE s.audit_id = l.audit_id
                       AND s.audit_id > \(settled) AND s.audit_id <= \(highest))
             ORDER BY l.audit_id LIMIT \(limit)
            """)
    }

    func insert(
        _ seal: AuditSeal, over rows: [(auditID: Int64, hash: [UInt8])]
    ) async throws(StorageError) {
        try await execute(
            """
            WITH sealed AS (
                INSERT INTO audit_sealed_rows (position, audit_id, row_hash)
                SELECT \(seal.firstPosition) - 1 + place, audit_id, row_hash
                  FROM unnest(\(rows.map(\.auditID)), \(rows.map(\.hash)))
                       WITH ORDINALITY AS r (audit_id, row_hash, place)
            )
            INSERT INTO audit_seals (first_position, position, head, highest_audit_id,
                sealed_at, public_key, signature)
            VALUES (\(seal.firstPosition), \(seal.head.position), \(seal.head.hash),
                \(seal.highestAuditID), \(seal.sealedAt), \(seal.publicKey), \(seal.signature))
            """)
    }
}
