import Determinism
import Intake
import Observability
import Storage
import Synchronization

/// Tells how many lines of HAProxy's log are missing, of all edges: nobody pays for them.
final class LostLines: Sendable {
    private static let days: Int64 = 7
    private static let pauseMilliseconds: Int64 = 30_000

    private let database: Database
    private let lost: Gauge
    private let due = Mutex(Deadline.now)

    init(database: Database, metrics: MetricsRegistry) {
        self.database = database
        lost = metrics.gauge(
            "sluice_lost_lines",
            help: "Lines of HAProxy's log found missing within \(Self.days) days.")
    }

    /// To be called again and again; asks twice a minute.
    func look() async throws(StorageError) {
        guard due.withLock({ $0.isPast }) else { return }
        let moment = Surroundings.live.now().adding(milliseconds: -Self.days * 86_400_000)
        lost.set(try await database.lostLines(foundSince: moment))
        due.withLock { $0 = .after(milliseconds: Self.pauseMilliseconds) }
    }
}
