import Determinism
import Intake
import Storage

/// The replay of the quarantine, for a command and for the dashboard.
enum ReplayParts {
    private static let deadlineMilliseconds: Int64 = 30_000

    /// - Parameter database: for what goes on record.
    static func replay(
        _ settings: DatabaseSettings, _ database: Database
    ) throws(ConfigurationRefusal) -> AuditedReplay {
        let configuration = DatabaseConfiguration(
            url: settings.url.text, poolSize: 1, deadlineMilliseconds: deadlineMilliseconds,
            preparesStatements: settings.preparesStatements)
        guard let target = try? BulkTarget(configuration) else {
            throw DatabaseSettings.notUnderstood
        }
        return AuditedReplay(database: database, target: target, surroundings: .live)
    }
}
