import Determinism
import Observability
import Storage
import Vault

/// Keeps HAProxy beside an intake at what the newest vault says, and tells the database so.
final class EdgeVaultPart: IntakePart {
    private let applier: VaultApplier
    private let reports: VaultEdgeReports
    private let database: Database
    private let logger: Logger

    /// - Returns: nil where no vault is taken from here.
    init?(
        _ configuration: IntakeConfiguration, metrics: MetricsRegistry, logger: Logger
    ) throws(InvalidDatabaseURL) {
        guard let vault = configuration.intake.vault else { return nil }
        database = try Database(
            DatabaseConfiguration(
                url: configuration.database.url.text, poolSize: 1,
                preparesStatements: configuration.database.preparesStatements,
                applicationName: "sluice intake vault"),
            logger: logger, metrics: metrics, pool: "vault")
        let reports = VaultEdgeReports()
        (self.reports, self.logger) = (reports, logger)
        applier = VaultApplier(
            VaultApplier.Settings(
                edge: vault.edge, source: vault.source, vault: vault.vault,
                socket: vault.socket, master: vault.master, publicKey: vault.publicKey),
            .live, logger: logger, metrics: metrics, report: { reports.tell($0) })
    }

    var trouble: String? {
        applier.trouble.map { "the vault is not applied: \($0)" }
    }

    func start() {
        applier.start()
        Task { [reports, database, logger] in
            await reports.carry(to: database, logger: logger)
        }
    }

    /// Whatever it is doing may be cut off anywhere: the next one makes up for it.
    func stop(until deadline: Deadline) {
        applier.stop()
        reports.end()
        database.close()
    }
}
