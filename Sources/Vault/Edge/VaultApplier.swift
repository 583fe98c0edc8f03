public import Determinism
import Glibc
public import Observability
import Synchronization

/// Keeps what HAProxy on this machine knows of keys at what the newest vault says.
///
/// Again and again it puts what is new in force in the edge's files, and then asks each process of
/// HAProxy which version it holds. So it needs to hear of no reload: a process that read the files
/// a moment too early says so. Nothing is kept but the files; it may be killed at any time.
///
/// Of several with the same files one is at work. The others say nothing, and one of them goes on
/// where that one ends.
public final class VaultApplier: Sendable {
    public struct Settings: Sendable {
        /// Name of this edge.
        public var edge: String
        /// Folder of the manager's vaults, or a copy of it.
        public var source: String
        /// The link that HAProxy reads through, as its configuration writes it.
        public var vault: String
        /// HAProxy's runtime socket.
        public var socket: String
        /// The master's socket, through which processes that a reload replaced are reached. Nil
        /// where there is none: that all have a version is then not known, and never said.
        public var master: String?
        /// 32 bytes.
        public var publicKey: [UInt8]
        public var pauseMilliseconds: Int64 = 100
        /// How often it reports, also where nothing has changed.
        public var reportMilliseconds: Int64 = 10_000
        /// How long the master may not answer, as while it reads its configuration anew.
        public var masterMilliseconds: Int64 = 30_000

        public init(
            edge: String, source: String, vault: String, socket: String, master: String?,
            publicKey: [UInt8]
        ) {
            (self.edge, self.source, self.vault) = (edge, source, vault)
            (self.socket, self.master, self.publicKey) = (socket, master, publicKey)
        }
    }

    /// What the last look found, and when that was.
    private enum Seen {
        case nothing(since: Deadline)
        case standing(VaultEdgeReport.Standing, Deadline)
        case another(Deadline)
    }

    /// A look that takes longer hangs somewhere, as at a folder of another machine.
    private static let lookMilliseconds: Int64 = 60_000

    private let settings: Settings
    private let surroundings: Surroundings
    private let logger: Logger
    private let report: @Sendable (VaultEdgeReport) -> Void
    private let version: Gauge
    private let changes: Counter
    private let failures: Counter
    private let isAtWork: Gauge
    private let standing = Mutex<Seen>(.nothing(since: .now))
    private let isStopped = Atomic(false)

    public init(
        _ settings: Settings, _ surroundings: Surroundings, logger: Logger,
        metrics: MetricsRegistry, report: @escaping @Sendable (VaultEdgeReport) -> Void
    ) {
        (self.settings, self.surroundings, self.logger) = (settings, surroundings, logger)
        self.report = report
        version = metrics.gauge(
            "sluice_vault_edge_version", help: "Version of the vault that HAProxy has.")
        changes = metrics.counter(
            "sluice_vault_edge_changes_total", help: "Times a process of HAProxy was changed.")
        failures = metrics.counter(
            "sluice_vault_edge_failures_total", help: "Looks that ended in a refusal or failure.")
        isAtWork = metrics.gauge(
            "sluice_vault_edge_at_work",
            help: "1 where this process puts vaults in force, 0 where another one does.")
    }

    /// Works on a thread of its own until ``stop()``.
    public func start() {
        BackgroundThread.start { self.run() }
    }

    /// Ends the work after what is in hand.
    public func stop() { isStopped.store(true, ordering: .releasing) }

    /// Works until ``stop()``.
    public func run() {
        var round = VaultApplierRound(settings)
        var told: VaultEdgeReport?
        var tell = Deadline.now
        while !isStopped.load(ordering: .acquiring) {
            guard let (standing, changed) = round.run(surroundings) else {
                rest()
                told = nil
                continue
            }
            isAtWork.set(1)
            seen(.standing(standing, .now))
            changes.increment(by: Int64(changed))
            let news = VaultEdgeReport(
                edge: settings.edge, version: round.applied, appliedAt: round.appliedAt,
                standing: standing)
            if news != told || tell.isPast {
                note(news, after: told)
                report(news)
                told = news
                tell = .after(milliseconds: settings.reportMilliseconds)
            }
            if standing.code != nil { failures.increment() }
            if !round.isBehind { pause() }
        }
    }

    /// What keeps vaults from coming into force here, in few words; nil where nothing does, or
    /// another process sees to it.
    public var trouble: String? {
        let (seen, code): (Deadline, String?) = standing.withLock { standing in
            switch standing {
            case .nothing(let since): (since, "vault_not_looked_at")
            case .standing(let standing, let seen): (seen, standing.code)
            case .another(let seen): (seen, nil)
            }
        }
        if seen.adding(milliseconds: Self.lookMilliseconds).isPast { return "vault_look_hangs" }
        return code
    }

    private func seen(_ seen: Seen) { standing.withLock { $0 = seen } }

    /// While another process is at work, and reports.
    private func rest() {
        let wasAnother = standing.withLock { standing in
            defer { standing = .another(.now) }
            if case .another = standing { return true }
            return false
        }
        isAtWork.set(0)
        if !wasAnother {
            logger.info("another process applies the vault", ("edge", .text(settings.edge)))
        }
        pause()
    }

    private func note(_ report: VaultEdgeReport, after last: VaultEdgeReport?) {
        version.set(report.version)
        guard report.standing != last?.standing || report.version != last?.version else { return }
        let fields: [(name: String, value: LogValue)] = [
            ("edge", .text(report.edge)), ("version", .number(report.version)),
        ]
        let logger = fields.reduce(logger) { $0.with($1) }
        if let code = report.standing.code {
            logger.error("the vault is not applied", ("code", .text(code)))
        } else if report.standing == .applied {
            logger.info("the vault is applied")
        }
    }

    private func pause() {
        var time = timespec()
        time.tv_nsec = Int(settings.pauseMilliseconds) * 1_000_000
        nanosleep(&time, nil)
    }
}
