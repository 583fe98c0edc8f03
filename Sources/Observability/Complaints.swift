public import Determinism
import Synchronization

/// Lets the same complaint be made at most once a minute.
public final class Complaints: Sendable {
    private static let pauseMilliseconds: Int64 = 60_000

    private let last = Mutex<Timestamp?>(nil)

    public init() {}

    public func mayComplain(at now: Timestamp) -> Bool {
        last.withLock { last in
            if let last, now >= last, now < last.adding(milliseconds: Self.pauseMilliseconds) {
                return false
            }
            last = now
            return true
        }
    }

    /// It is over: the next one is news.
    public func end() { last.withLock { $0 = nil } }
}
