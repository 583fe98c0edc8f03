public import Determinism
public import Storage

extension Database {
    /// When it came, the database's clock says: an edge's own is not to make it silent, or in service.
    func storeEdge(_ report: VaultEdgeReport) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO vault_edges (edge, version, applied_at, standing, error, reported_at)
            VALUES (\(report.edge), \(report.version), \(report.appliedAt),
                \(report.standing.name), \(report.standing.code), clock_timestamp())
                ON CONFLICT (edge) DO UPDATE
               SET version = excluded.version, applied_at = excluded.applied_at,
                   standing = excluded.standing, error = excluded.error,
                   reported_at = excluded.reported_at
            """)
    }
}

/// An edge as it stands in the database.
public struct VaultEdgeRow: Hashable, Sendable, SQLRow {
    public let edge: String
    /// 0 where it has none.
    public let version: Int64
    public let standing: String
    public let error: String?
    public let reportedAt: Timestamp

    public init(from columns: inout SQLColumns) throws(StorageError) {
        (edge, version) = (try columns.next(), try columns.next())
        (standing, error) = (try columns.next(), try columns.next())
        reportedAt = try columns.next()
    }
}

extension StatementRunner {
    /// All edges that ever reported and were not forgotten, by name.
    public func vaultEdges() async throws(StorageError) -> [VaultEdgeRow] {
        try await rows(
            "SELECT edge, version, standing, error, reported_at FROM vault_edges ORDER BY edge")
    }

    /// Edges that do not have what they should have, or that are silent, by name.
    ///
    /// - Parameters:
    ///   - moment: by the clock of who publishes; what was published before it should be in force
    ///     everywhere.
    ///   - silence: after so long without a report an edge is silent, by the database's clock.
    public func lateVaultEdges(
        since moment: Timestamp, silentMilliseconds silence: Int64
    ) async throws(StorageError) -> [VaultEdgeRow] {
        try await rows(
            """
            SELECT edge, version, standing, error, reported_at FROM vault_edges
             WHERE reported_at < clock_timestamp() - \(silence) * interval '1 millisecond'
                OR version < (SELECT v.version FROM vault_versions AS v
                     WHERE v.published_at < \(moment) ORDER BY v.version DESC LIMIT 1)
             ORDER BY edge
            """)
    }
}

extension Transaction {
    /// Waits no longer for an edge that is out of service. One that reports again is there again.
    ///
    /// - Parameter silence: it must not have reported for so long, by the database's clock.
    /// - Returns: what it was; nil where there is no such edge, or it has reported since.
    public func forgetVaultEdge(
        _ edge: String, silentMilliseconds silence: Int64
    ) async throws(StorageError) -> VaultEdgeRow? {
        try await first(
            """
            DELETE FROM vault_edges
             WHERE edge = \(edge)
               AND reported_at < clock_timestamp() - \(silence) * interval '1 millisecond'
            RETURNING edge, version, standing, error, reported_at
            """)
    }
}
