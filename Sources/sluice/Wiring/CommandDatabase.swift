import Observability
import Storage

/// The database for the time of one command: one connection, no log, no figures.
enum CommandDatabase {
    private static let standardMilliseconds: Int64 = 4000

    /// Runs `body` on the database that the command line means, and closes it.
    ///
    /// - Parameter command: as it is typed, to be named where the database is away.
    static func run(
        _ command: String, _ arguments: ParsedArguments,
        deadlineMilliseconds: Int64 = standardMilliseconds,
        _ body: (Database) async throws(StorageError) -> ExitStatus
    ) async -> ExitStatus {
        guard let settings = ConfigurationLoader.database(arguments) else { return .finding }
        let database: Database
        do throws(ConfigurationRefusal) {
            database = try open(settings, deadlineMilliseconds: deadlineMilliseconds)
        } catch {
            ConfigurationLoader.report(error)
            return .finding
        }
        return await run(command, on: database, body)
    }

    /// As above, on a database that is open; it is closed at the end.
    static func run(
        _ command: String, on database: Database,
        _ body: (Database) async throws(StorageError) -> ExitStatus
    ) async -> ExitStatus {
        defer { database.close() }
        do throws(StorageError) {
            return try await body(database)
        } catch {
            Output.error("\(command): \(error)")
            return .tryAgain
        }
    }

    static func open(
        _ settings: DatabaseSettings, deadlineMilliseconds: Int64 = standardMilliseconds
    ) throws(ConfigurationRefusal) -> Database {
        let configuration = DatabaseConfiguration(
            url: settings.url.text, poolSize: 1, deadlineMilliseconds: deadlineMilliseconds,
            preparesStatements: settings.preparesStatements)
        guard
            let database = try? Database(
                configuration, logger: .disabled, metrics: MetricsRegistry())
        else { throw DatabaseSettings.notUnderstood }
        return database
    }
}
