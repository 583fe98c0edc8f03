import Audit
import Authentication
import Cryptography
import Determinism
import Observability
import Storage

/// What a gateway does beside answering: hears of ended sessions, reads token keys, removes what
/// has expired, seals the audit log.
final class GatewayBackground: Sendable {
    /// A rotation is seen within a second, long before the new key signs.
    private static let keyMilliseconds = 1000
    private static let cleanupMilliseconds = 60_000
    /// The sealer runs until it is stopped; should it ever come back, it is started again.
    private static let sealerRestartMilliseconds = 1000

    private let feed: EndedSessionsFeed
    let sealer: AuditSealer
    private let signingKeys: SigningKeys?
    private let expiredRows: ExpiredRows
    private let logger: Logger
    private let tasks = TaskList()

    init(
        _ configuration: Configuration, database: Database, signingKeys: SigningKeys?,
        endedSessions: EndedSessions, logger: Logger, metrics: MetricsRegistry
    ) throws {
        feed = try EndedSessionsFeed(
            url: configuration.database.directURL.text, endedSessions: endedSessions,
            logger: logger, metrics: metrics)
        sealer = AuditSealer(
            database: database, key: configuration.secrets.auditKey,
            headFile: configuration.secrets.auditHeadFile, surroundings: .live,
            logger: logger, metrics: metrics)
        self.signingKeys = signingKeys
        expiredRows = ExpiredRows(database: database, surroundings: .live)
        self.logger = logger
    }

    func start() {
        feed.start()
        tasks.add(every: Self.sealerRestartMilliseconds) { [self] in await sealer.run() }
        tasks.add(every: Self.keyMilliseconds) { [self] in await readKeys() }
        tasks.add(every: Self.cleanupMilliseconds) { [self] in await removeExpired() }
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
            let count = try await expiredRows.remove()
            if count > 0 { logger.info("expired rows removed", ("count", .number(Int64(count)))) }
        } catch {
            logger.warning("expired rows not removed", ("reason", .text("\(error)")))
        }
    }
}
