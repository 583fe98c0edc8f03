import Determinism
import Testing

@Suite struct TimestampTests {
    @Test(
        "a moment is written as RFC 3339 in UTC with milliseconds",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_253_400_007, "2026-11-21T09:30:00.007Z"),
        ])
    func written(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test("seconds round down, before 1970 too", arguments: [(Int64(1999), Int64(1)), (-1, -1)])
    func seconds(milliseconds: Int64, seconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).seconds == seconds)
    }
}

@Suite struct TimestampReadingTests {
    @Test(
        "RFC 3339 in UTC is read, fractions down to milliseconds",
        arguments: [
            ("1970-01-01T00:00:00Z", Int64(0)), ("1970-01-01T00:00:00.001Z", 1),
            ("2000-02-29T00:00:00.000Z", 951_782_400_000),
            ("2024-02-29T23:59:59.999999999Z", 1_709_251_199_999),
            ("2026-11-21T09:30:00.0Z", 1_795_253_400_000),
            ("2026-11-21T09:30:00.07Z", 1_795_253_400_070),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ])
    func read(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(
        "what is no moment is none",
        arguments: [
            "", "Z", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21 09:30:00Z",
            "2026-11-21T09:30:00+00:00", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00,5Z",
            "2026-11-21T09:30:00.0000000000Z", "2026-11-21T09:30:00.1xZ", "2026-11-21T24:00:00Z",
            "2026-11-21T09:60:00Z", "2026-11-21T09:30:60Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
            "2026-04-31T00:00:00Z", "1969-12-31T23:59:59Z", "+026-11-21T09:30:00Z",
            "2026-11-21T09:30:00z", "2026/11/21T09:30:00Z", "２026-11-21T09:30:00Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("every day of four centuries is written and read alike")
    func roundTrip() {
        for day in stride(from: Int64(0), to: 146_097, by: 1) {
            let moment = Timestamp(milliseconds: day * 86_400_000 + day % 86_400_000)
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        }
    }
}
