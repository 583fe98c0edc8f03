public import Determinism

/// A month of the calendar in UTC: from midnight of its first day to that of the next month's.
public struct Month: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// Months since January of the year 0.
    private let index: Int64

    private init(index: Int64) { self.index = index }

    public init(containing time: Timestamp) {
        let date = CivilDate(daysSinceEpoch: Self.days(to: time))
        index = date.year * 12 + date.month - 1
    }

    /// Reads `2028-02`; years 1970 to 9999.
    public init?(_ text: String) {
        guard text.utf8.count == 7, let start = Timestamp(rfc3339: text + "-01T00:00:00Z") else {
            return nil
        }
        self.init(containing: start)
    }

    public var start: Timestamp {
        let days = CivilDate.daysSinceEpoch(year: index / 12, month: index % 12 + 1, day: 1)
        return Timestamp(milliseconds: days * Self.dayMilliseconds)
    }

    /// The first moment that is no longer in it.
    public var end: Timestamp { next.start }

    public var next: Month { Month(index: index + 1) }

    /// 28 to 31.
    public var dayCount: Int64 { Self.days(to: end) - Self.days(to: start) }

    /// Counted from zero; the month's own first or last for a time outside of it.
    public func day(of time: Timestamp) -> Int64 {
        min(max(0, Self.days(to: time) - Self.days(to: start)), dayCount - 1)
    }

    public static func < (left: Month, right: Month) -> Bool { left.index < right.index }

    public var description: String { String(start.rfc3339.prefix(7)) }

    /// Whole days since 1970-01-01, rounded down.
    private static func days(to time: Timestamp) -> Int64 {
        let days = time.milliseconds / dayMilliseconds
        return time.milliseconds % dayMilliseconds < 0 ? days - 1 : days
    }
}
