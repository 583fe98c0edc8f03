public import Determinism
public import Identifiers

/// Whole days of one month: what a base fee is paid for.
///
/// A fee is shared by the running sum, not by the day: days `a ..< b` of `D` cost
/// `⌊fee · b / D⌋ − ⌊fee · a / D⌋`. However a month is cut into parts, they add up to the fee.
public struct MonthDays: Hashable, Sendable {
    public let month: Month
    /// Counted from zero.
    public let days: Range<Int64>

    /// Nil when a day is not in the month.
    public init?(_ month: Month, days: Range<Int64>) {
        guard days.lowerBound >= 0, days.upperBound <= month.dayCount else { return nil }
        self.month = month
        self.days = days
    }

    public init(whole month: Month) {
        self.month = month
        days = 0..<month.dayCount
    }

    /// The day that `time` is in, which counts whole, to the end of its month.
    public init(from time: Timestamp) {
        month = Month(containing: time)
        days = month.day(of: time)..<month.dayCount
    }

    /// - Parameter monthly: the fee of a whole month.
    public func share(of monthly: MicroUSDC) -> MicroUSDC {
        let until = Self.part(monthly, days.upperBound, of: month.dayCount)
        return MicroUSDC(until - Self.part(monthly, days.lowerBound, of: month.dayCount))
    }

    /// Never above `monthly`, so that it fits again.
    private static func part(_ monthly: MicroUSDC, _ days: Int64, of dayCount: Int64) -> Int64 {
        Int64(Int128(monthly.units) * Int128(days) / Int128(dayCount))
    }
}
