public import Determinism
public import Services
public import Storage

/// Whether all that HAProxy runs at an edge has what a transaction changed.
public struct VaultEdgeStanding: Hashable, Sendable, SQLRow {
    public let edge: String
    public let hasApplied: Bool
    /// 0 where it has none.
    public let version: Int64
    public let reportedAt: Timestamp

    public init(from columns: inout SQLColumns) throws(StorageError) {
        edge = try columns.next()
        hasApplied = try columns.next()
        version = try columns.next()
        reportedAt = try columns.next()
    }
}

extension Database {
    /// All edges that ever reported, by name.
    ///
    /// A version has what its snapshot sees; that of a version that is still in force moves on while
    /// nothing changes.
    public func edgeStandings(
        having mark: TransactionMark
    ) async throws(StorageError) -> [VaultEdgeStanding] {
        try await rows(
            """
            SELECT e.edge, coalesce(
                    (SELECT pg_visible_in_snapshot(\(mark.description)::text::xid8, v.snapshot)
                       FROM vault_versions AS v WHERE v.version <= e.version
                      ORDER BY v.version DESC LIMIT 1), false),
                e.version, e.reported_at
              FROM vault_edges AS e ORDER BY e.edge
            """)
    }
}
