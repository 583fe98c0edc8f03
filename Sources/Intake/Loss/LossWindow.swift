/// Lines of one source, counted against the numbers that HAProxy gave them.
///
/// Threads of HAProxy may give two lines one number and skip the next, and write lines out of
/// order; over a window that evens out, so a single number says nothing and the span does. The
/// order in which lines are added does not matter while they are less than 2³¹ apart.
public struct LossWindow: Hashable, Sendable {
    /// Numbers, counted on where HAProxy's 32 bits begin anew.
    public private(set) var first: Int64
    public private(set) var last: Int64
    /// Lines, each added once: not those that had come before.
    public private(set) var received: Int64

    /// Of a source that is heard from its start on: its first line has number 0.
    public static let fromStart = LossWindow(first: 0, last: -1, received: 0)

    /// Beginning with a line, when nothing says what came before it.
    public init(beginningWith number: UInt32) {
        self.init(first: Int64(number), last: Int64(number), received: 1)
    }

    /// As it was kept.
    public init(first: Int64, last: Int64, received: Int64) {
        self.first = first
        self.last = last
        self.received = received
    }

    /// What HAProxy numbered and did not reach us. Near the end it may be short or over by one for
    /// each thread of HAProxy's, until a later line or ``lost(ofTotal:)`` tells.
    public var lost: Int64 { max(0, last - first + 1 - received) }

    /// What was lost of a source that has ended.
    ///
    /// - Parameter total: HAProxy's own count of lines since its start.
    public func lost(ofTotal total: Int64) -> Int64 { max(0, total - first - received) }

    public mutating func add(_ number: UInt32) {
        let place = unwrapped(number)
        first = min(first, place)
        last = max(last, place)
        received += 1
    }

    /// Both as one: of the same source, with no line in both.
    public mutating func merge(_ other: LossWindow) {
        let shift = unwrapped(UInt32(truncatingIfNeeded: other.first)) - other.first
        first = min(first, other.first + shift)
        last = max(last, other.last + shift)
        received += other.received
    }

    /// The number nearest to the last one that ends in these 32 bits.
    func unwrapped(_ number: UInt32) -> Int64 {
        last + Int64(Int32(bitPattern: number &- UInt32(truncatingIfNeeded: last)))
    }
}
