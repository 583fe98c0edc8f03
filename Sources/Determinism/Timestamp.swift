/// A moment in UTC, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Milliseconds are what the HTTP contract shows and what the database keeps for us; leap seconds
/// do not exist here, as in POSIX.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the Unix epoch; negative before 1970.
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Whole seconds since the Unix epoch, rounded down: the form of JWT's `iat` and `exp`.
    public var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public func adding(milliseconds count: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + count)
    }

    public func adding(seconds count: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + count * 1000)
    }

    /// RFC 3339 in UTC with milliseconds, as `2026-11-21T09:30:00.000Z`.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.textCount, initializingUTF8With: write)
    }

    /// Appends the same 24 bytes.
    public func appendRFC3339(to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textCount) { buffer in
            text.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<write(into: buffer)]))
        }
    }

    private static let textCount = 24

    private func write(into text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let date = CivilDate(daysSinceEpoch: Self.floorDivide(milliseconds, by: 86_400_000))
        let inDay = Self.floorRemainder(milliseconds, by: 86_400_000)
        var place = 0
        func put(_ value: Int64, digits: Int, then separator: UInt8) {
            var value = value
            for offset in (0..<digits).reversed() {
                text[place + offset] = UInt8(48 + value % 10)
                value /= 10
            }
            text[place + digits] = separator
            place += digits + 1
        }
        put(date.year, digits: 4, then: UInt8(ascii: "-"))
        put(date.month, digits: 2, then: UInt8(ascii: "-"))
        put(date.day, digits: 2, then: UInt8(ascii: "T"))
        put(inDay / 3_600_000, digits: 2, then: UInt8(ascii: ":"))
        put(inDay / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"))
        put(inDay / 1000 % 60, digits: 2, then: UInt8(ascii: "."))
        put(inDay % 1000, digits: 3, then: UInt8(ascii: "Z"))
        return place
    }

    static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    static func floorRemainder(_ value: Int64, by divisor: Int64) -> Int64 {
        value - floorDivide(value, by: divisor) * divisor
    }
}

/// A day of the proleptic Gregorian calendar, computed with integers only, so that no time zone
/// of the machine can enter. Method: Hinnant, "chrono-compatible low-level date algorithms".
public struct CivilDate: Equatable, Sendable {
    public var year: Int64
    /// 1 to 12.
    public var month: Int64
    /// 1 to 31.
    public var day: Int64

    public init(daysSinceEpoch days: Int64) {
        let shifted = days + 719_468  // Days from 0000-03-01, so that a leap day ends its year.
        let era = Timestamp.floorDivide(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
