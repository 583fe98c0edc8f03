import Determinism
import Identifiers
public import Observability
public import Storage
import Synchronization

/// Keeps ``EndedSessions`` up to date from the database: by notification at once, and by a poll
/// every 300 ms, because a notification can be lost and its connection half-open.
public final class EndedSessionsFeed: Sendable {
    /// How far a poll looks back while the news are fresh. A statement that ends a session is
    /// itself over after 4 s, so nothing can appear behind this.
    private static let recent: SQL = "clock_timestamp() - interval '20 seconds'"
    /// How far it looks back after a pause: beyond any token that may be alive.
    private static let whole: SQL = "clock_timestamp() - interval '16 minutes'"

    private let listener: DatabaseListener

    /// - Parameter url: the direct one; LISTEN does not pass a connection pooler.
    public init(
        url: String, endedSessions: EndedSessions, logger: Logger, metrics: MetricsRegistry
    ) throws(InvalidDatabaseURL) {
        let poll = PollInProgress()
        listener = try DatabaseListener(
            ListenerConfiguration(url: url, channels: ["session_ended"]),
            logger: logger, metrics: metrics,
            poll: {
                poll.asked.withLock { $0 = .now }
                let since = endedSessions.isFresh ? Self.recent : Self.whole
                return .sessionsEnded(since: since)
            },
            rows: { (rows: [SessionIDRow]) in
                endedSessions.heard(rows.map(\.id), asked: poll.asked.withLock { $0 })
            })
    }

    public func start() { listener.start() }

    public func stop() { listener.stop() }
}

/// The poll that waits for its answer. The listener has one at a time.
private final class PollInProgress: Sendable {
    let asked = Mutex(Deadline.distantPast)
}
