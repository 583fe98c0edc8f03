import Billing
import Determinism
import Identifiers
import Services
import Testing

@Suite struct UsageRatingTests {
    private static func sum(
        _ hour: String, _ successful: Int64, invoiced: Int64 = 0, tier: ServiceTier = .starter,
        service: ServiceType = .seal
    ) throws -> UsageSum {
        UsageSum(
            service: service, tier: tier, hour: try Sample.hour(hour), successful: successful,
            invoiced: invoiced)
    }

    @Test func tenThousandRequestsCostOneUSDC() throws {
        let lines = try UsageRating(by: Sample.shipped(), coveredThrough: nil).rate(
            [
                Self.sum("2026-11-21T09:10:00Z", 9_999), Self.sum("2026-11-21T10:00:00Z", 1),
            ], invoicedBefore: [:]
        ).lines

        #expect(lines.map(\.amount) == [MicroUSDC(1_000_000)])
    }

    @Test func includedRequestsAreFreeOnceInAMonth() throws {
        let book = try Sample.uneven()
        let rating = UsageRating(by: book, coveredThrough: nil)
        let group = UsageGroup(
            month: try #require(Month("2027-03")), service: .seal, tier: .starter, priceVersion: 1)
        let sums = [try Self.sum("2027-03-05T00:00:00Z", 17)]

        // Seven beyond the ten included, at 11 for 7.
        #expect(Sample.sum(rating.rate(sums, invoicedBefore: [:]).lines) == 11)
        #expect(Sample.sum(rating.rate(sums, invoicedBefore: [group: 10]).lines) == 26)
    }

    @Test func orderNeverChangesTheLines() throws {
        let book = try Sample.uneven()
        for seed in UInt64(1)...100 {
            var chance = Chance(seed: seed)
            var sums = try Self.sums(&chance)
            let covered = Timestamp(milliseconds: sums[sums.count / 2].hour.start.milliseconds)
            let rating = UsageRating(by: book, coveredThrough: covered)
            let lines = rating.rate(sums, invoicedBefore: [:])
            sums.shuffle(using: &chance)

            #expect(rating.rate(sums, invoicedBefore: [:]) == lines, "seed \(seed)")
        }
    }

    @Test func howeverUseIsCutIntoInvoicesTheyAddUp() throws {
        let book = try Sample.uneven()
        for seed in UInt64(1)...100 {
            var chance = Chance(seed: seed)
            let sums = try Self.sums(&chance)
            let whole = UsageRating(by: book, coveredThrough: nil)
                .rate(sums, invoicedBefore: [:])
            let parts = try Self.invoices(of: sums, by: book, &chance)

            let sum = parts.reduce(0) { $0 + $1.total.units }
            #expect(sum == Sample.sum(whole.lines), "seed \(seed)")
            #expect(parts.flatMap { $0.differences(by: book) } == [])
        }
    }

    /// Sums of distinct hours in January to March 2028, of both tiers.
    private static func sums(_ chance: inout Chance) throws -> [UsageSum] {
        let start = try Sample.time("2028-01-01T00:00:00Z")
        return (0..<40).map { index in
            let hour = Int64(index) * 54 + chance.number(0...50)
            return UsageSum(
                service: .seal, tier: chance.number(0...1) == 0 ? .starter : .pro,
                hour: Hour(containing: start.adding(seconds: hour * 3600)),
                successful: chance.number(1...500))
        }
    }

    /// Invoices as they come when lines arrive bit by bit, late ones too.
    private static func invoices(
        of sums: [UsageSum], by book: PriceBook, _ chance: inout Chance
    ) throws -> [Invoice] {
        var invoiced = [Int64](repeating: 0, count: sums.count)
        var before: [UsageGroup: Int64] = [:]
        var invoices: [Invoice] = []
        var covered: Timestamp?
        for round in 0..<6 {
            let stored = sums.enumerated().map { index, sum in
                UsageSum(
                    service: sum.service, tier: sum.tier, hour: sum.hour,
                    successful: round == 5
                        ? sum.successful : chance.number(invoiced[index]...sum.successful),
                    invoiced: invoiced[index])
            }
            let lines = UsageRating(by: book, coveredThrough: covered)
                .rate(stored, invoicedBefore: before).lines
            invoices.append(try Sample.invoice(lines))
            for line in lines {
                guard let usage = usage(of: line) else { continue }
                before[usage.group, default: 0] += try usage.count()
            }
            invoiced = stored.map(\.successful)
            covered = sums[Int(chance.number(0...39))].hour.start
        }
        return invoices
    }

    private static func usage(of line: InvoiceLine) -> UsageCharge? {
        switch line.basis {
        case .usage(let charge), .lateUsage(let charge): charge
        case .baseFee, .baseFeeReturned, .credit: nil
        }
    }

    @Test func lateRequestsBecomeAnAdjustmentWithTheirHour() throws {
        let covered = try Sample.time("2026-11-21T10:00:00Z")
        let late = try Self.sum("2026-11-21T09:00:00Z", 15, invoiced: 10)
        let timely = try Self.sum("2026-11-21T10:00:00Z", 4)
        let lines = try UsageRating(by: Sample.shipped(), coveredThrough: covered)
            .rate([timely, late], invoicedBefore: [:]).lines

        #expect(lines.map(\.amount) == [MicroUSDC(500), MicroUSDC(400)])
        guard case .lateUsage(let charge) = lines[0].basis, case .usage = lines[1].basis else {
            Issue.record("\(lines)")
            return
        }
        #expect(
            charge.parts == [UsageCharge.Part(hour: late.hour, from: 10, through: 15)])
    }

    @Test func eachHourIsRatedByTheVersionInForceThen() throws {
        let lines = try UsageRating(by: Sample.uneven(), coveredThrough: nil).rate(
            [
                Self.sum("2028-02-11T00:00:00Z", 40), Self.sum("2028-02-10T23:00:00Z", 45),
            ], invoicedBefore: [:]
        ).lines

        #expect(lines.map(\.amount) == [MicroUSDC(35 * 11 / 7), MicroUSDC(30 * 7 / 3)])
    }

    @Test func whatWasInvoicedGetsNoLine() throws {
        let lines = try UsageRating(by: Sample.shipped(), coveredThrough: nil).rate(
            [Self.sum("2026-11-21T09:00:00Z", 5, invoiced: 5)], invoicedBefore: [:])

        #expect(lines == RatedUse(lines: [], refused: []))
    }

    @Test(
        "what cannot be rated gets no line, and keeps none from other groups",
        arguments: [
            ("2026-11-21T09:00:00Z", Int64(4), Int64(5), ServiceType.seal),
            ("2026-11-21T09:00:00Z", 4, -1, .seal), ("2026-11-21T09:00:00Z", 4, 0, .grpc),
            ("2025-12-31T23:00:00Z", 4, 0, .seal), ("2026-11-21T09:00:00Z", .max, 0, .seal),
        ])
    func refused(hour: String, successful: Int64, invoiced: Int64, service: ServiceType) throws {
        let good = try Self.sum("2026-10-20T09:00:00Z", 7)
        let bad = try Self.sum(hour, successful, invoiced: invoiced, service: service)
        let rating = UsageRating(by: try Sample.shipped(), coveredThrough: nil)
        let rated = rating.rate([bad, good, bad], invoicedBefore: [:])

        #expect(rated.refused.count == 1)
        #expect(rated.lines == rating.rate([good], invoicedBefore: [:]).lines)
        #expect(rated.cost == MicroUSDC(700))
    }

    @Test func anHourTwiceIsRefused() throws {
        let sum = try Self.sum("2026-11-20T09:00:00Z", 1)
        let rated = UsageRating(by: try Sample.shipped(), coveredThrough: nil)
            .rate([sum, sum], invoicedBefore: [:])

        #expect(rated == RatedUse(lines: [], refused: [.hourTwice(sum.hour)]))
    }

    @Test("of all hours before the first prices one is told, the first")
    func unpricedHours() throws {
        let sums = try ["2025-12-31T23:00:00Z", "2025-12-31T21:00:00Z", "2025-12-31T22:00:00Z"]
            .map { try Self.sum($0, 1) }
        let rated = UsageRating(by: try Sample.shipped(), coveredThrough: nil)
            .rate(sums, invoicedBefore: [:])

        #expect(rated.refused == [.noPriceVersion(at: sums[1].hour.start)])
    }

    @Test("costs that do not fit together are the largest amount, never none")
    func costTooLarge() throws {
        let sums = try ["2026-10-20T09:00:00Z", "2026-11-20T09:00:00Z"]
            .map { try Self.sum($0, 92_233_720_368_547_758) }
        let rated = UsageRating(by: try Sample.shipped(), coveredThrough: nil)
            .rate(sums, invoicedBefore: [:])

        #expect(rated.lines.count == 2 && rated.cost == MicroUSDC(.max))
    }

    @Test(
        "use waits for five USDC or the end of its month",
        arguments: [
            (Int64(4_999_999), "2026-11-30T23:59:59.999Z", AccruedUse.Reason?.none),
            (5_000_000, "2026-11-30T23:59:59.999Z", .threshold),
            (1, "2026-12-01T00:00:00Z", .monthEnd), (0, "2026-12-01T00:00:00Z", .monthEnd),
        ])
    func due(amount: Int64, now: String, reason: AccruedUse.Reason?) throws {
        let version = try #require(Sample.shipped().versions.first)
        let use = AccruedUse(
            MicroUSDC(amount), coveredThrough: try Sample.time("2026-11-01T00:00:00Z"))

        #expect(try use.due(at: Sample.time(now), by: version) == reason)
    }
}
