import Observability
import Storage
import TestSupport

/// A database of its own on the shared cluster, and a pool on it.
struct StorageWorld {
    let store: TestDatabase
    let database: Database
    let metrics = MetricsRegistry()

    init(
        cluster: TestCluster? = nil, poolSize: Int = 4, deadlineMilliseconds: Int64 = 60_000,
        queueLimit: Int = 4096, migrated: Bool = false
    ) async throws {
        let home: TestCluster =
            if let cluster { cluster } else { try await TestCluster.shared() }
        store = try await home.makeDatabase(migrated: migrated)
        database = try Database(
            DatabaseConfiguration(
                url: store.url, poolSize: poolSize, deadlineMilliseconds: deadlineMilliseconds,
                queueLimit: queueLimit),
            logger: .disabled, metrics: metrics)
    }
}

extension StorageWorld {
    /// Statements that wait for a connection, as the metrics tell.
    var queued: String? {
        metrics.text().split(separator: "\n").first { $0.hasPrefix("sluice_database_queued{") }
            .flatMap { $0.split(separator: " ").last.map(String.init) }
    }

    /// Ends all sessions on this database but the one that does it.
    func terminateOthers() async {
        _ = try? await store.run(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
    }
}
