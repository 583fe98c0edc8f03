import Determinism
import Storage

extension Database {
    func storeEdge(
        _ report: VaultEdgeReport, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO vault_edges (edge, version, applied_at, standing, error, reported_at)
            VALUES (\(report.edge), \(report.version), \(report.appliedAt),
                \(report.standing.name), \(report.standing.code), \(now))
                ON CONFLICT (edge) DO UPDATE
               SET version = excluded.version, applied_at = excluded.applied_at,
                   standing = excluded.standing, error = excluded.error,
                   reported_at = excluded.reported_at
            """)
    }
}
