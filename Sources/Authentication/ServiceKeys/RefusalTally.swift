import Determinism
import Synchronization

/// Which of many refusals are worth a record: of each kind the first in a minute.
///
/// There are as many kinds as keys were given out times reasons, so it needs no limit of its own.
final class RefusalTally: Sendable {
    struct Kind: Hashable, Sendable {
        /// Nil for all keys that were never given out together.
        var keyID: String?
        var reason: String
    }

    private struct Entry {
        var recordedAt: Timestamp
        var leftOut: Int64 = 0
    }

    static let quietMilliseconds: Int64 = 60_000

    private let entries = Mutex<[Kind: Entry]>([:])

    /// - Returns: nil where this one is left out; else how many of its kind were since the one
    ///   before it that was not.
    func take(_ kind: Kind, at now: Timestamp) -> Int64? {
        entries.withLock { entries in
            guard let entry = entries[kind], Self.isQuiet(entry.recordedAt, now) else {
                let leftOut = entries[kind]?.leftOut ?? 0
                entries[kind] = Entry(recordedAt: now)
                return leftOut
            }
            entries[kind]?.leftOut += 1
            return nil
        }
    }

    /// A clock that was set back silences nothing.
    private static func isQuiet(_ recordedAt: Timestamp, _ now: Timestamp) -> Bool {
        (recordedAt..<recordedAt.adding(milliseconds: quietMilliseconds)).contains(now)
    }
}
