extension Timestamp {
    /// Reads RFC 3339 in UTC, as `2026-11-21T09:30:00Z`, with 0 to 9 digits of a second's fraction,
    /// of which milliseconds are kept. Years 1970 to 9999; no leap seconds.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            [4, 7].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            [13, 16].allSatisfy({ bytes[$0] == UInt8(ascii: ":") }),
            bytes[10] == UInt8(ascii: "T"), let year = Self.number(bytes[0..<4]),
            let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
            let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14..<16]),
            let second = Self.number(bytes[17..<19]), hour < 24, minute < 60, second < 60,
            year >= 1970, let fraction = Self.fraction(bytes[19..<(bytes.count - 1)])
        else { return nil }
        let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
        // A day that does not exist comes back as another one.
        guard CivilDate(daysSinceEpoch: days) == CivilDate(year: year, month: month, day: day)
        else { return nil }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        self.init(milliseconds: seconds * 1000 + fraction)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - 48)
        }
        return number
    }

    /// Milliseconds of nothing, or of a point and 1 to 9 digits.
    private static func fraction(_ text: ArraySlice<UInt8>) -> Int64? {
        guard let point = text.first else { return 0 }
        let digits = text.dropFirst()
        guard point == UInt8(ascii: "."), (1...9).contains(digits.count) else { return nil }
        guard number(digits) != nil else { return nil }
        let padded = Array(digits.prefix(3)) + Array(repeating: 48, count: 3 - min(3, digits.count))
        return number(padded[...])
    }
}

extension CivilDate {
    init(year: Int64, month: Int64, day: Int64) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Days from 1970-01-01. A day that does not exist gives another one's; the way back tells.
    /// Method: Hinnant, as for the way back.
    public static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = Timestamp.floorDivide(shifted, by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
