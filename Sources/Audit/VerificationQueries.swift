import Determinism
import Storage

/// A sealed position and the row it was given to, if that is still there.
struct SealedRow: SQLRow {
    var position: Int64
    var auditID: Int64
    var hash: [UInt8]
    var row: LoggedRow?

    init(from columns: inout SQLColumns) throws(StorageError) {
        position = try columns.next()
        auditID = try columns.next()
        hash = try columns.next()
        let found: Int64? = try columns.next()
        row = if let found { try LoggedRow(auditID: found, from: &columns) } else { nil }
    }
}

/// The ends of the two tables of seals, seen at one moment.
struct SealedExtent: SQLRow {
    var lastRow: Int64?
    var lastSeal: Int64?
    var lastSealedAt: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        lastRow = try columns.next()
        lastSeal = try columns.next()
        lastSealedAt = try columns.next()
    }
}

/// Whether a row of the log is under a seal.
struct RowState: SQLRow {
    var auditID: Int64
    var at: Timestamp
    var isSealed: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        auditID = try columns.next()
        at = try columns.next()
        isSealed = try columns.next()
    }
}

extension Database {
    func sealedExtent() async throws(StorageError) -> SealedExtent? {
        try await first(
            """
            SELECT (SELECT max(position) FROM audit_sealed_rows), s.position, s.sealed_at
              FROM (SELECT) AS one
              LEFT JOIN (SELECT position, sealed_at FROM audit_seals
                          ORDER BY position DESC LIMIT 1) AS s ON true
            """)
    }

    func sealedRows(
        after position: Int64, upTo last: Int64, limit: Int
    ) async throws(StorageError) -> [SealedRow] {
        try await rows(
            """
            SELECT s.position, s.audit_id, s.row_hash, \(sql: LoggedRow.columns)
              FROM audit_sealed_rows AS s LEFT JOIN audit_log AS l ON l.audit_id = s.audit_id
             WHERE s.position > \(position) AND s.position <= \(last)
             ORDER BY s.position LIMIT \(limit)
            """)
    }

    func seals(
        after position: Int64, upTo last: Int64
    ) async throws(StorageError) -> [AuditSeal] {
        try await rows(
            """
            SELECT \(sql: AuditSeal.columns) FROM audit_seals
             WHERE position > \(position) AND position <= \(last) ORDER BY position
            """)
    }

    func rowStates(
        after auditID: Int64, limit: Int
    ) async throws(StorageError) -> [RowState] {
        try await rows(
            """
            SELECT l.audit_id, l.at,
                EXISTS (SELECT FROM audit_sealed_rows AS s WHERE s.audit_id = l.audit_id)
              FROM audit_log AS l WHERE l.audit_id > \(auditID)
             ORDER BY l.audit_id LIMIT \(limit)
            """)
    }
}
