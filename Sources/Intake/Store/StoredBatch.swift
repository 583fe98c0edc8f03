import Determinism

/// What became of a batch.
public struct StoredBatch: Hashable, Sendable {
    /// Lines stored now and not before.
    public internal(set) var stored = 0
    public internal(set) var duplicates = 0
    public internal(set) var quarantined = 0

    mutating func add(_ other: StoredBatch) {
        stored += other.stored
        duplicates += other.duplicates
        quarantined += other.quarantined
    }
}

/// The lines of one source that were stored now.
struct StoredSpan: Hashable, Sendable {
    var window: LossWindow
    var firstAt: Timestamp
    var lastAt: Timestamp

    mutating func add(_ line: RequestLine) {
        window.add(line.number)
        firstAt = min(firstAt, line.time)
        lastAt = max(lastAt, line.time)
    }
}
