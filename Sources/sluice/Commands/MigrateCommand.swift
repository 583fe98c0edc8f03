import Observability
import Storage

/// `sluice migrate`.
enum MigrateCommand {
    private static let status = OptionSpecification.flag(
        "--status", "Change nothing; say what is applied and missing. Exit 1 when anything is.")

    static let specification = CommandSpecification(
        "migrate", "Bring the database's schema up to date.",
        discussion: """
            Forward only, under a lock: many may start at once. A schema that is newer than this \
            program is fine, so that deployments can roll. Where the role sluice_intake exists, it \
            is granted what an intake uses, and nothing else.
            """,
        options: [status, .environmentFile]
    ) { arguments in
        guard let settings = ConfigurationLoader.database(arguments) else { return .finding }
        let url = settings.directURL.text
        guard let migrator = try? SchemaMigrator(url: url, logger: .disabled) else {
            Output.error("sluice migrate: DATABASE_DIRECT_URL or DATABASE_URL is not understood")
            return .finding
        }
        do throws(MigrationError) {
            return arguments.has(status) ? try await show(migrator) : try await migrate(migrator)
        } catch {
            Output.error("sluice migrate: \(error)")
            return exitStatus(error)
        }
    }

    private static func migrate(
        _ migrator: SchemaMigrator
    ) async throws(MigrationError) -> ExitStatus {
        let applied = try await migrator.migrate()
        for name in applied { Output.line("applied \(name)") }
        if applied.isEmpty { Output.line("The schema is up to date.") }
        if try await migrator.grantToIntake() {
            Output.line("The role \(IntakeRole.name) may do what an intake does.")
        }
        return .done
    }

    private static func show(
        _ migrator: SchemaMigrator
    ) async throws(MigrationError) -> ExitStatus {
        let status = try await migrator.status()
        for name in status.applied {
            Output.line("\(status.changed.contains(name) ? "changed" : "applied") \(name)")
        }
        for name in status.missing { Output.line("missing \(name)") }
        return status.isCurrent ? .done : .finding
    }

    private static func exitStatus(_ error: MigrationError) -> ExitStatus {
        switch error {
        case .unavailable, .locked, .interrupted: .tryAgain
        case .changed, .failed: .finding
        }
    }
}
