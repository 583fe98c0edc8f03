/// Why the schema was not brought up to date. Texts are for the operator at the terminal.
public enum MigrationError: Error, Equatable, Sendable, CustomStringConvertible {
    case unavailable(reason: String)
    /// Another process has been migrating for as long as we waited.
    case locked
    /// Applied with another content than the file has now.
    case changed(name: String)
    /// Rolled back, except for one that says `-- no transaction`.
    case failed(name: String, sqlState: String, message: String)
    /// The connection was lost while it ran: see ``SchemaMigrator/status()``, then run again.
    case interrupted(name: String)

    public var description: String {
        switch self {
        case .unavailable(let reason): "the database is not available: \(reason)"
        case .locked: "another process is migrating this database"
        case .changed(let name):
            "migration \(name) was applied with another content: released files never change"
        case .failed(let name, let sqlState, let message):
            "migration \(name) failed: \(message) (\(sqlState))"
        case .interrupted(let name):
            "the connection was lost during migration \(name): run it again"
        }
    }
}
