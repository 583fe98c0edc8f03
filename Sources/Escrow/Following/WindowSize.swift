/// How many checkpoints the next window has: as many as hold a good part of events, whatever stands
/// in them. Pure.
struct WindowSize: Hashable, Sendable {
    /// It is not known at first how much there is in a checkpoint.
    private static let first: Int64 = 10

    private let largest: Int64
    private let fullEvents: Int
    private(set) var checkpoints: Int64

    /// - Parameter fullEvents: windows with more are too large: nothing is done with one before all
    ///   of it is read, and all of some are in memory at once.
    init(atMost largest: Int64, fullEvents: Int) {
        self.largest = max(1, largest)
        self.fullEvents = fullEvents
        checkpoints = min(Self.first, self.largest)
    }

    /// Full windows are halved, so that one is booked while the next is read; others grow.
    mutating func didRead(events: Int) {
        checkpoints =
            events > fullEvents ? max(1, checkpoints / 2) : min(largest, checkpoints * 2)
    }

    /// A node that cannot answer for a large window may answer for a small one.
    mutating func didFail() { checkpoints = max(1, checkpoints / 4) }
}
