public import Determinism

/// An hour in UTC, the grain in which use is summed.
public struct Hour: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let milliseconds: Int64 = 3_600_000

    public let start: Timestamp

    public init(containing time: Timestamp) {
        let rest = time.milliseconds % Self.milliseconds
        let inHour = rest < 0 ? rest + Self.milliseconds : rest
        start = time.adding(milliseconds: -inHour)
    }

    /// The first moment that is no longer in it.
    public var end: Timestamp { start.adding(milliseconds: Self.milliseconds) }

    public static func < (left: Hour, right: Hour) -> Bool { left.start < right.start }

    public var description: String { start.rfc3339 }
}
