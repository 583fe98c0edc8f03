import Determinism
import Synchronization

/// Lets only so many wrong secrets be tried: no secret can be guessed, but each try is on record.
final class SignInThrottle: Sendable {
    private static let limit = 10
    private static let milliseconds: Int64 = 60_000

    private let failures = Mutex<[Timestamp]>([])

    func mayTry(at now: Timestamp) -> Bool {
        failures.withLock { failures in
            // A clock that was set back must not lock everybody out.
            failures.removeAll { $0 > now || $0 <= now.adding(milliseconds: -Self.milliseconds) }
            return failures.count < Self.limit
        }
    }

    func failed(at now: Timestamp) { failures.withLock { $0.append(now) } }
}
