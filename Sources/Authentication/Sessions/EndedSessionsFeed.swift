import Determinism
import Identifiers
public import Observability
public import Storage
import Synchronization

/// Keeps ``EndedSessions`` up to date from the database: by notification at once, and by a poll
/// every 300 ms, because a notification can be lost and its connection half-open.
public final class EndedSessionsFeed: Sendable {
    /// Polls between two that look back all the way: about every ten seconds.
    private static let wholeEvery = 32

    /// Where the next poll begins to look.
    private struct Place {
        /// The database's clock at the last answer. Ours may have stood still with the machine.
        var serverTime: Timestamp?
        var pollsSinceWhole = 0
    }

    private let listener: DatabaseListener

    /// - Parameter url: the direct one; LISTEN does not pass a connection pooler.
    public init(
        url: String, endedSessions: EndedSessions, logger: Logger, metrics: MetricsRegistry
    ) throws(InvalidDatabaseURL) {
        let place = Shared(Place())
        listener = try DatabaseListener(
            ListenerConfiguration(url: url, channels: ["session_ended"]),
            logger: logger, metrics: metrics,
            poll: { occasion in
                place.value.withLock { .sessionsEnded(since: Self.next(&$0, occasion)) }
            },
            rows: { (rows: [SessionNewsRow], asked) in
                place.value.withLock { $0.serverTime = rows.first?.serverTime }
                endedSessions.heard(rows.compactMap(\.ended), asked: asked)
            })
    }

    public func start() { listener.start() }

    public func stop() { listener.stop() }

    /// An end is stamped when it is written and seen when it is committed, which a waiting standby
    /// can delay without bound. It is told of then: so a notification makes us look back over
    /// everything, as does a new connection, and now and then we do so unasked.
    private static func next(_ place: inout Place, _ occasion: ListenerOccasion) -> Timestamp? {
        place.pollsSinceWhole += 1
        guard occasion == .interval, place.pollsSinceWhole < wholeEvery else {
            place.pollsSinceWhole = 0
            return nil
        }
        return place.serverTime
    }
}

/// A value that two closures share.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: sending Value) { self.value = Mutex(value) }
}
