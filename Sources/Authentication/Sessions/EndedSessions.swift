import Determinism
import Identifiers
import Synchronization

/// The sessions that ended while access tokens of theirs may still be alive.
///
/// Filled by a feed (a notification, and a poll every 300 ms) so that a request is judged without
/// a database read. Without news for 700 ms this stops answering and the database is asked, one
/// read a request: an ended session is refused within a second whatever happens to the feed.
public final class EndedSessions: Sendable {
    /// Whether tokens of a session are still good.
    enum Standing: Sendable, Equatable {
        case live, ended, unknown
    }

    /// How old news may be, so that an ended session is refused everywhere within a second.
    static let freshMilliseconds: Int64 = 700
    /// Ended sessions are remembered for as long as a token may live: 15 minutes and the leeway.
    static let memoryMilliseconds: Int64 = 16 * 60 * 1000

    private struct State {
        /// The moment at which each was heard of.
        var ended: [SessionID: Deadline] = [:]
        var freshUntil: Deadline?
        var lastSweep = Deadline.now
    }

    private let state = Mutex(State())
    private let readOne: @Sendable (SessionID) async -> Standing

    init(readOne: @escaping @Sendable (SessionID) async -> Standing) {
        self.readOne = readOne
    }

    /// Whether the feed has ever brought news: before that a gateway is not ready.
    public var hasHeard: Bool { state.withLock { $0.freshUntil != nil } }

    /// Whether the feed's news are fresh.
    public var isFresh: Bool {
        state.withLock { $0.freshUntil.map { !$0.isPast } ?? false }
    }

    func standing(of session: SessionID) -> Standing {
        state.withLock { state in
            if state.ended[session] != nil { return .ended }
            guard let freshUntil = state.freshUntil, !freshUntil.isPast else { return .unknown }
            return .live
        }
    }

    func readStanding(of session: SessionID) async -> Standing {
        let standing = await readOne(session)
        if standing == .ended { add([session]) }
        return standing
    }

    /// - Parameter asked: when the question was sent whose answer this is; what ended later is not
    ///   in it.
    func heard(_ sessions: [SessionID], asked: Deadline) {
        add(sessions)
        state.withLock { state in
            let freshUntil = asked.adding(milliseconds: Self.freshMilliseconds)
            if state.freshUntil.map({ $0 < freshUntil }) ?? true { state.freshUntil = freshUntil }
        }
    }

    func add(_ sessions: [SessionID]) {
        state.withLock { state in
            let now = Deadline.now
            for session in sessions where state.ended[session] == nil {
                state.ended[session] = now.adding(milliseconds: Self.memoryMilliseconds)
            }
            guard state.lastSweep.adding(milliseconds: 60_000) < now else { return }
            state.lastSweep = now
            state.ended = state.ended.filter { $0.value > now }
        }
    }
}
