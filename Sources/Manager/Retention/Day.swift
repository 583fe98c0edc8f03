import Determinism

/// A day of UTC, counted from 1970-01-01.
struct Day: Hashable, Comparable, Sendable {
    private static let milliseconds: Int64 = 86_400_000

    let number: Int64

    init(number: Int64) { self.number = number }

    init(_ moment: Timestamp) {
        let (day, rest) = moment.milliseconds.quotientAndRemainder(dividingBy: Self.milliseconds)
        number = rest < 0 ? day - 1 : day
    }

    var start: Timestamp { Timestamp(milliseconds: number * Self.milliseconds) }

    func adding(_ days: Int64) -> Day { Day(number: number + days) }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// Spans of days that are not among those given, from 1970 until `end`, the oldest first.
    ///
    /// - Parameter days: in their order.
    static func spans(without days: [Day], until end: Day) -> [Range<Timestamp>] {
        var spans: [Range<Timestamp>] = []
        var next = Day(number: 0)
        for day in days + [end] where day <= end {
            if next < day { spans.append(next.start..<day.start) }
            next = max(next, day.adding(1))
        }
        return spans
    }
}
