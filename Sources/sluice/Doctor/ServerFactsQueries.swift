import Determinism
import Storage

/// What a database server says of itself.
struct ServerFacts: SQLRow {
    let now: Timestamp
    /// Major × 10000 + minor (PostgreSQL manual, section 20.15).
    let version: Int64
    let isReplica: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        now = try columns.next()
        version = try columns.next()
        isReplica = try columns.next()
    }
}

extension Database {
    func serverFacts() async throws(StorageError) -> ServerFacts? {
        try await first(
            """
            SELECT clock_timestamp(), current_setting('server_version_num')::bigint,
                   pg_is_in_recovery()
            """)
    }
}
