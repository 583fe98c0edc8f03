import Billing
import Determinism
import Glibc
import Identifiers
import Services
import Testing

@Suite struct MonthTests {
    @Test(
        "a year of months has its days, leap years theirs",
        arguments: [("2027", 28), ("2028", 29), ("2000", 29), ("2100", 28)])
    func yearOfMonths(year: String, february: Int64) throws {
        var month = try #require(Month("\(year)-01"))
        var days: [Int64] = []
        for _ in 0..<12 {
            #expect(Month(containing: month.start) == month)
            #expect(Month(containing: month.end.adding(milliseconds: -1)) == month)
            #expect(Month(containing: month.end) == month.next)
            days.append(month.dayCount)
            month = month.next
        }

        #expect(days == [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
        #expect(month.description == "\((Int(year) ?? 0) + 1)-01")
    }

    @Test(
        "what is no month is refused",
        arguments: ["", "2028", "2028-00", "2028-13", "2028-2", "28-02", "2028/02", "1969-12"])
    func noMonth(text: String) { #expect(Month(text) == nil) }

    @Test func partsOfAMonthAddUpToTheWholeFee() throws {
        for seed in UInt64(1)...300 {
            var chance = Chance(seed: seed)
            let month = Month(containing: Timestamp(milliseconds: chance.number(0...(1 << 42))))
            let fee = MicroUSDC(chance.number(0...(seed % 2 == 0 ? 50 : .max)))
            var sum: Int64 = 0
            var day: Int64 = 0
            while day < month.dayCount {
                let end = chance.number((day + 1)...month.dayCount)
                let share = try #require(MonthDays(month, days: day..<end)).share(of: fee)
                #expect(share >= .zero)
                sum += share.units
                day = end
            }

            #expect(sum == fee.units, "seed \(seed)")
            #expect(MonthDays(whole: month).share(of: fee) == fee)
        }
    }

    @Test func theDayThatBeganIsPaidWhole() throws {
        let fee = MicroUSDC(29_000_000)
        for (time, share) in [
            ("2028-02-01T00:00:00Z", 29), ("2028-02-15T00:00:00Z", 15),
            ("2028-02-15T23:59:59.999Z", 15), ("2028-02-29T23:59:59.999Z", 1),
        ] {
            let days = MonthDays(from: try Sample.time(time))
            #expect(days.share(of: fee) == MicroUSDC(Int64(share) * 1_000_000))
        }
    }

    @Test func daysOutsideOfTheMonthAreNone() throws {
        let month = try #require(Month("2027-02"))

        #expect(MonthDays(month, days: 0..<29) == nil)
        #expect(MonthDays(month, days: -1..<3) == nil)
    }

    @Test func theTimeZoneOfTheMachineChangesNothing() throws {
        var results: [[Int64]] = []
        for zone in ["UTC", "Pacific/Kiritimati", "America/St_Johns"] {
            setenv("TZ", zone, 1)
            tzset()
            results.append(try Self.yearOfFees())
        }
        unsetenv("TZ")
        tzset()

        #expect(results[0] == results[1] && results[1] == results[2])
        #expect(results[0].count == 13)
    }

    /// A subscription from the middle of a leap January on, with use in the last hour of each month.
    private static func yearOfFees() throws -> [Int64] {
        let book = try Sample.uneven()
        var now = try Sample.time("2028-01-17T23:30:00Z")
        let chosen = Subscription(service: .seal)
        let stored = try chosen.configuring(Sample.starter, at: now, by: book).subscription
        let change = try stored.enabling(at: now, by: book)
        var subscription = change.subscription
        var fees = [Sample.sum(change.lines)]
        for _ in 0..<12 {
            let month = Month(containing: now)
            let sum = UsageSum(
                service: .seal, tier: .starter,
                hour: Hour(containing: month.end.adding(milliseconds: -1)), successful: 1001)
            now = month.end
            let turned = try subscription.turning(at: now, by: book)
            subscription = turned.subscription
            let use = UsageRating(by: book, coveredThrough: nil)
                .rate([sum], invoicedBefore: [:]).lines
            fees.append(Sample.sum(turned.lines + use))
        }
        return fees
    }
}
