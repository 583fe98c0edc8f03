import Storage

/// A sealed position and the row it was given to, if that is still there.
struct SealedRow: SQLRow {
    var position: Int64
    var auditID: Int64
    var hash: [UInt8]
    var isLate: Bool
    var row: LoggedRow?

    init(from columns: inout SQLColumns) throws(StorageError) {
        position = try columns.next()
        auditID = try columns.next()
        hash = try columns.next() ?? []
        isLate = try columns.next() ?? false
        let found: Int64? = try columns.next()
        row = if let found { try LoggedRow(auditID: found, from: &columns) } else { nil }
    }
}

/// The ends of the two tables of seals, seen at one moment of the database's clock.
struct SealedExtent: SQLRow {
    var now: DatabaseMoment
    var lastRow: Int64?
    var lastSeal: Int64?

    init(from columns: inout SQLColumns) throws(StorageError) {
        now = try columns.next()
        lastRow = try columns.next()
        lastSeal = try columns.next()
    }
}

/// Whether a row of the log is under a seal.
struct RowState: SQLRow {
    /// Of the database's clock, when this was read.
    var now: DatabaseMoment
    var auditID: Int64
    var recordedAt: DatabaseMoment?
    var isSealed: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        now = try columns.next()
        auditID = try columns.next()
        recordedAt = try columns.next()
        isSealed = try columns.next()
    }

    /// Neither long ago nor, which no honest row is, far ahead.
    var isRecent: Bool {
        guard let recordedAt else { return false }
        return now <= recordedAt.adding(milliseconds: Lateness.unsealedMilliseconds)
            && recordedAt <= now.adding(milliseconds: Lateness.unsealedMilliseconds)
    }
}

extension Database {
    func sealedExtent() async throws(StorageError) -> SealedExtent? {
        try await first(
            """
            SELECT clock_timestamp(), (SELECT max(position) FROM audit_sealed_rows),
                (SELECT max(position) FROM audit_seals)
            """)
    }

    /// Columns that pages are turned by, and that no unique index holds any more.
    func unguardedColumns() async throws(StorageError) -> [String] {
        let names: [SQLScalar<String>] = try await rows(
            """
            SELECT c.table_name || '.' || c.column_name
              FROM (VALUES ('audit_log', 'audit_id'), ('audit_sealed_rows', 'position'),
                        ('audit_sealed_rows', 'audit_id'), ('audit_seals', 'position'))
                   AS c (table_name, column_name)
             WHERE NOT EXISTS (
                SELECT FROM pg_index AS i
                  JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                 WHERE i.indrelid = to_regclass(c.table_name) AND a.attname = c.column_name
                   AND a.attnotnull AND i.indnkeyatts = 1 AND i.indisunique AND i.indisvalid
                   AND i.indpred IS NULL)
            """)
        return names.map(\.value)
    }

    func sealedRows(
        from first: Int64, through last: Int64, limit: Int
    ) async throws(StorageError) -> [SealedRow] {
        try await rows(
            """
            SELECT s.position, s.audit_id, s.row_hash, s.is_late, \(sql: LoggedRow.columns)
              FROM audit_sealed_rows AS s LEFT JOIN audit_log AS l ON l.audit_id = s.audit_id
             WHERE s.position BETWEEN \(first) AND \(last)
             ORDER BY s.position LIMIT \(limit)
            """)
    }

    func seals(
        from first: Int64, through last: Int64
    ) async throws(StorageError) -> [AuditSeal] {
        try await rows(
            """
            SELECT \(sql: AuditSeal.columns) FROM audit_seals
             WHERE position BETWEEN \(first) AND \(last) ORDER BY position
            """)
    }

    func rowStates(
        from first: Int64, limit: Int
    ) async throws(StorageError) -> [RowState] {
        try await rows(
            """
            SELECT clock_timestamp(), l.audit_id, l.recorded_at,
                EXISTS (SELECT FROM audit_sealed_rows AS s WHERE s.audit_id = l.audit_id)
              FROM audit_log AS l WHERE l.audit_id >= \(first)
             ORDER BY l.audit_id LIMIT \(limit)
            """)
    }
}
