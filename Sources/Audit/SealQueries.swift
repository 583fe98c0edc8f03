import Storage

extension StatementRunner {
    func sealedEnd() async throws(StorageError) -> SealedEnd? {
        try await first(
            """
            SELECT clock_timestamp(), (SELECT max(position) FROM audit_sealed_rows),
                s.position, \(sql: AuditSeal.columns)
              FROM (SELECT) AS one
              LEFT JOIN (SELECT * FROM audit_seals ORDER BY position DESC LIMIT 1) AS s ON true
            """)
    }

    /// What is chained after a position.
    func links(
        after position: Int64, upTo last: Int64, limit: Int
    ) async throws(StorageError) -> [ChainLink] {
        try await rows(
            """
            SELECT position, row_hash, is_late FROM audit_sealed_rows
             WHERE position > \(position) AND position <= \(last) ORDER BY position LIMIT \(limit)
            """)
    }
}

/// A sealed row as it is chained.
struct ChainLink: SQLRow {
    var position: Int64
    var hash: [UInt8]
    var isLate: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        position = try columns.next()
        hash = try columns.next()
        isLate = try columns.next()
    }
}

extension Transaction {
    /// One sealer at a time, until the transaction ends.
    func takeSealLock() async throws(StorageError) -> Bool {
        // "sluicesl" in ASCII.
        try await value("SELECT pg_try_advisory_xact_lock(\(Int64(0x736C_7569_6365_736C)))")
            ?? false
    }

    /// Only ids that the sequence has given: a made-up huge one would leave all later rows below
    /// the highest sealed id.
    func rows(above auditID: Int64, limit: Int) async throws(StorageError) -> [LoggedRow] {
        try await rows(
            """
            SELECT \(sql: LoggedRow.columns) FROM audit_log AS l
             WHERE l.audit_id > \(auditID)
               AND l.audit_id <= (SELECT last_value FROM audit_log_audit_id_seq)
             ORDER BY l.audit_id LIMIT \(limit)
            """)
    }

    /// The lowest of the `count` highest ids up to `auditID`; nil when there is none.
    func lowestID(of count: Int, upTo auditID: Int64) async throws(StorageError) -> Int64? {
        try await value(
            """
            SELECT audit_id FROM (
                SELECT audit_id FROM audit_log WHERE audit_id BETWEEN 1 AND \(auditID)
                 ORDER BY audit_id DESC LIMIT \(count)) AS newest
             ORDER BY audit_id LIMIT 1
            """)
    }

    /// Rows between two ids, both included, that no sealer has seen: committed after ones with
    /// higher ids had been sealed. A difference of sets costs the same however the server plans
    /// it: a plan made while the tables were empty may serve for long.
    func unsealedRows(
        from first: Int64, through last: Int64, limit: Int
    ) async throws(StorageError) -> [LoggedRow] {
        try await rows(
            """
            SELECT \(sql: LoggedRow.columns) FROM audit_log AS l
             WHERE l.audit_id = ANY (ARRAY(
                SELECT audit_id FROM audit_log WHERE audit_id BETWEEN \(first) AND \(last)
                EXCEPT
                SELECT audit_id FROM audit_sealed_rows
                 WHERE audit_id BETWEEN \(first) AND \(last)
                 ORDER BY audit_id LIMIT \(limit)))
             ORDER BY l.audit_id
            """)
    }

    func insert(_ batch: SealedBatch) async throws(StorageError) {
        let seal = batch.seal
        let late = batch.rows.filter(\.isLate).map(\.row.auditID)
        try await execute(
            """
            WITH sealed AS (
                INSERT INTO audit_sealed_rows (position, audit_id, row_hash, is_late)
                SELECT \(seal.firstPosition) - 1 + place, audit_id, row_hash,
                       audit_id = ANY(\(late))
                  FROM unnest(\(batch.rows.map(\.row.auditID)), \(batch.rows.map(\.hash)))
                       WITH ORDINALITY AS r (audit_id, row_hash, place)
            )
            INSERT INTO audit_seals (first_position, position, head, highest_audit_id,
                sealed_at, settled_at, public_key, signature)
            VALUES (\(seal.firstPosition), \(seal.head.position), \(seal.head.hash),
                \(seal.highestAuditID), \(seal.sealedAt), \(seal.settledAt), \(seal.publicKey),
                \(seal.signature))
            """)
    }
}
