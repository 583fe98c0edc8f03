import Determinism
import Identifiers
public import Storage

/// How many messages of one code are in the quarantine.
public struct QuarantineCount: SQLRow, Sendable {
    public let code: String
    public let count: Int

    public init(from columns: inout SQLColumns) throws(StorageError) {
        code = try columns.next()
        count = try columns.next()
    }
}

extension Database {
    /// What came last comes first.
    public func quarantined(
        _ filter: QuarantineFilter, limit: Int
    ) async throws(StorageError) -> [QuarantinedMessage] {
        try await rows(
            """
            SELECT quarantine_id, received_at, source, code, detail, raw, is_cut, replayed_at
              FROM log_quarantine WHERE \(sql: filter.condition)
             ORDER BY received_at DESC, quarantine_id DESC LIMIT \(limit)
            """)
    }

    /// Of all that the filter means, by code.
    public func quarantineCounts(
        _ filter: QuarantineFilter
    ) async throws(StorageError) -> [QuarantineCount] {
        try await rows(
            """
            SELECT code, count(*) FROM log_quarantine WHERE \(sql: filter.condition)
             GROUP BY code ORDER BY code
            """)
    }
}

extension BulkTransaction {
    /// The next that wait, by their ids.
    func waitingMessages(
        _ filter: QuarantineFilter, after id: SQLUUID, limit: Int
    ) throws(StorageError) -> [QuarantinedMessage] {
        try rows(
            """
            SELECT quarantine_id, received_at, source, code, detail, raw, is_cut, replayed_at
              FROM log_quarantine WHERE \(sql: filter.condition) AND quarantine_id > \(id)
             ORDER BY quarantine_id LIMIT \(limit)
            """)
    }

    func markReplayed(_ ids: [UUIDv7], at now: Timestamp) throws(StorageError) {
        let ids = ids.map { SQLUUID(bytes: $0.bytes) }
        try execute(
            """
            UPDATE log_quarantine SET replayed_at = \(now)
             WHERE quarantine_id = ANY(\(ids)) AND replayed_at IS NULL
            """)
    }
}
