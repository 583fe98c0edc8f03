public import Observability
public import Storage
import Synchronization

/// Keeps the identity file of a process that waits as far as the database that is charged from.
///
/// What is in the database counts only while a leader that is armed vouches for it: one that found
/// nothing against charging by its own file, or has caught up. From a leader that is still fencing
/// nothing is taken over, and without one the file stays as it is.
public struct StandbyMemory: Sendable {
    private let file: IdentityFile
    private let database: Database
    private let logger: Logger
    private let metrics: Gauge

    public init(
        file: IdentityFile, database: Database, logger: Logger, metrics: MetricsRegistry
    ) {
        self.file = file
        self.database = database
        self.logger = logger
        self.metrics = metrics.gauge(
            "sluice_manager_standby_current",
            help: "1 where a waiting manager would know the database, 0 where not.")
    }

    /// To be called about once a second while another leads.
    public func refresh() async {
        guard
            let armed = try? await database.knownToArmedLeader(
                silentMilliseconds: Leadership.silentMilliseconds)
        else { return metrics.set(0) }
        do throws(IdentityFileError) {
            let content = try file.read()
            if RestoreGuard.adopts(armed, over: content) {
                try file.write(.armed(armed))
                if content?.database.identity != armed.identity {
                    logger.info(
                        "the identity file follows the leader's database",
                        ("identity", .text(armed.identity)))
                }
            }
            metrics.set(1)
        } catch {
            metrics.set(0)
            logger.warning("the identity file cannot be kept", ("reason", .text("\(error)")))
        }
    }
}
