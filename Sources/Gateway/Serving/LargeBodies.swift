import Determinism
import HTTPTransport
import Synchronization

/// Room for bodies that are larger than most calls take. They are read before anybody's signature
/// can be looked at, so it is their number that keeps strangers from filling the memory.
final class LargeBodies: Sendable {
    private static let limit = 64
    /// Longer than a body may take to come; whoever has gone meanwhile never says so.
    private static let stayMilliseconds: Int64 = 60_000

    private let now: @Sendable () -> Timestamp
    private let stays = Mutex<[Timestamp]>([])

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// Whether there was room for one more.
    func enter() -> Bool {
        let now = now()
        return stays.withLock { stays in
            // Also where the clock was put back.
            stays.removeAll { abs($0.milliseconds - now.milliseconds) > Self.stayMilliseconds }
            guard stays.count < Self.limit else { return false }
            stays.append(now)
            return true
        }
    }

    func leave() {
        stays.withLock { stays in
            if !stays.isEmpty { stays.removeFirst() }
        }
    }

    /// Whether a request says, or leaves open, that its body is larger than most.
    static func isLarge(_ head: HTTPRequest) -> Bool {
        guard let length = head.headers.first("Content-Length").flatMap({ Int($0) }) else {
            return head.headers.first("Transfer-Encoding") != nil
        }
        return length > BodyLimits.standard.bytes
    }
}
