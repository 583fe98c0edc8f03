import Audit
import Authentication
import Cryptography
import Determinism
import Escrow
import Observability
import Storage
import SuiNodeClient

/// What a gateway does beside answering: hears of ended sessions, reads token keys, removes what
/// has expired, seals the audit log, looks at the nodes.
final class GatewayBackground: Sendable {
    /// A rotation is seen within a second, long before the new key signs.
    private static let keyMilliseconds = 1000
    private static let cleanupMilliseconds = 60_000
    /// The sealer runs until it is stopped; should it ever come back, it is started again.
    private static let sealerRestartMilliseconds = 1000
    /// Those that are not asked for long are known to be well, or not, before they are needed.
    private static let nodeMilliseconds = 30_000

    private let feed: EndedSessionsFeed
    let sealer: AuditSealer
    private let signingKeys: SigningKeys?
    private let expiredRows: ExpiredRows
    private let nodes: SuiNodes
    private let walletUpkeep: WalletUpkeep
    private let logger: Logger
    private let tasks = TaskList()

    init(
        _ configuration: Configuration, database: Database, signingKeys: SigningKeys?,
        endedSessions: EndedSessions, nodes: SuiNodes, logger: Logger, metrics: MetricsRegistry
    ) throws {
        feed = try EndedSessionsFeed(
            url: configuration.database.directURL.text, endedSessions: endedSessions,
            logger: logger, metrics: metrics)
        sealer = AuditSealer(
            database: database, key: configuration.secrets.auditKey,
            headFile: configuration.secrets.auditHeadFile, surroundings: .live,
            logger: logger, metrics: metrics)
        self.signingKeys = signingKeys
        expiredRows = ExpiredRows(
            database: database, surroundings: .live, kept: configuration.retention.kept)
        self.nodes = nodes
        walletUpkeep = WalletUpkeep(database: database, surroundings: .live)
        self.logger = logger
    }

    func start() {
        feed.start()
        tasks.add(every: Self.sealerRestartMilliseconds) { [self] in await sealer.run() }
        tasks.add(every: Self.keyMilliseconds) { [self] in await readKeys() }
        tasks.add(every: Self.cleanupMilliseconds) { [self] in await removeExpired() }
        guard nodes.isConfigured else { return }
        tasks.add(every: Self.nodeMilliseconds) { [nodes] in _ = await nodes.examine() }
    }

    func stop() async {
        feed.stop()
        await tasks.stop()
    }

    /// What is in the ring goes on when this fails; the keys themselves say so, in the log, a
    /// metric and readiness.
    private func readKeys() async {
        try? await signingKeys?.load()
    }

    private func removeExpired() async {
        do {
            let count = try await expiredRows.remove() + walletUpkeep.remove()
            if count > 0 { logger.info("expired rows removed", ("count", .number(Int64(count)))) }
        } catch {
            logger.warning("expired rows not removed", ("reason", .text("\(error)")))
        }
    }
}
