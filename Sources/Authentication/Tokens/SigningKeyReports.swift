import Determinism
import Observability
import Synchronization

/// What is said of the token keys each time they are read: lines, metrics, standing.
final class SigningKeyReports: Sendable {
    private struct State {
        var unopened: [String] = []
        var hasFailed = false
    }

    private let state = Mutex(State())
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let unopenedCount: Gauge
    private let failureCount: Counter
    private let failures = Complaints()
    private let foreignKeys = Complaints()

    init(logger: Logger, metrics: MetricsRegistry, now: @escaping @Sendable () -> Timestamp) {
        self.logger = logger
        self.now = now
        unopenedCount = metrics.gauge(
            "sluice_signing_keys_unopened",
            help: "Live signing keys in the database that do not open with DB_ENCRYPTION_KEY.")
        failureCount = metrics.counter(
            "sluice_signing_key_read_failures_total",
            help: "Attempts to read the signing keys that failed.")
    }

    var unopened: [String] { state.withLock { $0.unopened } }

    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    func read(unopened: [String]) {
        let before = state.withLock { state in
            defer { state = State(unopened: unopened) }
            return state.unopened
        }
        failures.end()
        unopenedCount.set(Int64(unopened.count))
        if before != unopened { foreignKeys.end() }
        guard let first = unopened.first, foreignKeys.mayComplain(at: now()) else { return }
        logger.error(
            "a signing key in the database does not open: it was sealed with another "
                + "DB_ENCRYPTION_KEY, and what it signs is refused here",
            ("keyId", .text(first)), ("count", .number(Int64(unopened.count))))
    }

    func failed(_ error: SigningKeyError) {
        state.withLock { $0.hasFailed = true }
        failureCount.increment()
        guard failures.mayComplain(at: now()) else { return }
        logger.error("signing keys cannot be read", ("reason", .text("\(error)")))
    }
}
