import Billing
import Determinism
import Identifiers
import Services
import Testing

@Suite struct SubscriptionTests {
    private static func enabled(
        _ configuration: ServiceConfiguration = Sample.starter, at time: String
    ) throws -> SubscriptionChange {
        let now = try Sample.time(time)
        let book = try Sample.shipped()
        return try Subscription(service: .seal)
            .configuring(configuration, at: now, by: book)
            .subscription.enabling(at: now, by: book)
    }

    @Test func enablingChargesTheRestOfALeapFebruary() throws {
        let change = try Self.enabled(at: "2028-02-15T18:00:00Z")

        // ⌊20 · 29/29⌋ − ⌊20 · 14/29⌋ USDC.
        #expect(change.chargeNow == MicroUSDC(20_000_000 - 20_000_000 * 14 / 29))
        #expect(change.monthly == MicroUSDC(20_000_000))
        #expect(change.subscription.state == .enabled)
    }

    @Test func anUpgradeChargesTheDifferenceForTheDaysLeft() throws {
        let book = try Sample.shipped()
        let start = try Self.enabled(at: "2027-04-01T00:00:00Z")
        let change = try start.subscription.configuring(
            Sample.pro, at: Sample.time("2027-04-16T12:00:00Z"), by: book)

        #expect(change.effect == .immediate)
        #expect(change.lines.map(\.amount.units) == [-10_000_000, 20_000_000])
        #expect(change.subscription.configuration == Sample.pro)
        #expect(try Sample.invoice(change.lines).differences(by: book) == [])
    }

    @Test(
        "who chose by other bounds keeps that, and pays for what is above what is included",
        arguments: [(Int64(1), Int64(0)), (2, 0), (9, 7)])
    func otherBounds(slots: Int64, paid: Int64) throws {
        let book = try PriceBook(
            parsing: Sample.book([
                Sample.version(1, from: "2027-01-01"),
                Sample.version(2, from: "2027-05-01", slots: 2...5),
            ]))
        let (march, may) = (
            try Sample.time("2027-03-01T00:00:00Z"), try Sample.time("2027-05-01T00:00:00Z")
        )
        var chosen = Sample.starter
        chosen.apiKeys = slots
        let served = try Subscription(service: .seal).configuring(chosen, at: march, by: book)
            .subscription.enabling(at: march, by: book).subscription
        let turned = try served.turning(at: may, by: book)
        let fee = MicroUSDC(20_000_000 + paid * 1_000_000)
        #expect(turned.lines.last?.amount == fee && turned.subscription.configuration == chosen)
        #expect(try served.configuring(chosen, at: may, by: book).lines == turned.lines)
        let resumed = try served.suspending(.noPayment).resuming(at: may, by: book)
        #expect(resumed.chargeNow == fee)

        chosen.tier = .pro
        guard slots < 2 || slots > 5 else {
            #expect(try served.configuring(chosen, at: may, by: book).effect == .immediate)
            return
        }
        let refusal = ConfigurationRefusal.outOfRange(.apiKeys, minimum: 2, maximum: 5)
        #expect(throws: SubscriptionRefusal.configuration(refusal)) {
            try served.configuring(chosen, at: may, by: book)
        }
    }

    @Test func aDowngradeWaitsForTheFirstOfTheMonth() throws {
        let book = try Sample.shipped()
        let start = try Self.enabled(Sample.pro, at: "2027-04-01T00:00:00Z")
        let change = try start.subscription.configuring(
            Sample.starter, at: Sample.time("2027-04-16T12:00:00Z"), by: book)

        #expect(change.effect == .scheduled(try #require(Month("2027-05"))))
        #expect(change.chargeNow == .zero)
        #expect(change.subscription.configuration == Sample.pro)

        let early = try change.subscription.turning(
            at: Sample.time("2027-04-30T23:59:59.999Z"), by: book)
        #expect(early.subscription == change.subscription)
        let turned = try change.subscription.turning(
            at: Sample.time("2027-05-01T00:00:00Z"), by: book)
        #expect(turned.subscription.configuration == Sample.starter)
        #expect(turned.chargeNow == MicroUSDC(20_000_000))
        let again = try turned.subscription.turning(
            at: Sample.time("2027-05-01T00:05:00Z"), by: book)
        #expect(again.lines == [])
    }

    @Test func whoIsStoppedInAMonthNotPaidForGoesOnWithWhatIsCheaper() throws {
        let book = try Sample.shipped()
        let stopped = try Self.enabled(Sample.pro, at: "2027-04-01T00:00:00Z")
            .subscription.suspending(.noPayment)
        let paid = try stopped.configuring(
            Sample.starter, at: Sample.time("2027-04-30T23:59:59Z"), by: book)
        #expect(paid.effect == .scheduled(try #require(Month("2027-05"))))
        #expect(paid.subscription.configuration == Sample.pro)

        let now = try Sample.time("2027-05-31T00:00:00Z")
        let chosen = try stopped.configuring(Sample.starter, at: now, by: book)
        #expect(chosen.effect == .immediate && chosen.lines == [])
        #expect(chosen.subscription.configuration == Sample.starter)
        #expect(chosen.subscription.scheduled == nil)
        #expect(chosen.subscription.state == .suspendedNoPayment)
        try chosen.check(Sample.funds(balance: 0))
        let resumed = try chosen.subscription.resuming(at: now, by: book)
        #expect(resumed.chargeNow == MicroUSDC(20_000_000 - 20_000_000 * 30 / 31))
        #expect(throws: SubscriptionRefusal.upgradeWhileSuspended(.suspendedNoPayment)) {
            try chosen.subscription.configuring(Sample.pro, at: now, by: book)
        }
    }

    @Test func choosingThePresentOneAgainTakesADowngradeBack() throws {
        let book = try Sample.shipped()
        let now = try Sample.time("2027-04-16T12:00:00Z")
        let start = try Self.enabled(Sample.pro, at: "2027-04-01T00:00:00Z")
        let less = try start.subscription.configuring(Sample.starter, at: now, by: book)
        let back = try less.subscription.configuring(Sample.pro, at: now, by: book)

        #expect(back.subscription == start.subscription)
        #expect(back.chargeNow == .zero)
    }

    @Test func aMonthThatIsPaidForIsNotPaidTwice() throws {
        let book = try Sample.shipped()
        let start = try Self.enabled(at: "2027-04-03T00:00:00Z")
        let stopped = try start.subscription.disabling()
        let same = try stopped.enabling(at: Sample.time("2027-04-20T00:00:00Z"), by: book)
        let next = try stopped.enabling(at: Sample.time("2027-05-31T00:00:00Z"), by: book)

        #expect(same.chargeNow == .zero)
        #expect(next.chargeNow == MicroUSDC(20_000_000 - 20_000_000 * 30 / 31))
    }

    @Test func monthsWithoutServiceCostNothing() throws {
        let book = try Sample.shipped()
        let start = try Self.enabled(at: "2027-04-03T00:00:00Z")
        let stopped = try start.subscription.suspending(.noPayment)
        let june = try Sample.time("2027-06-30T00:00:00Z")

        #expect(try stopped.turning(at: june, by: book).lines == [])
        let resumed = try stopped.resuming(at: june, by: book)
        #expect(resumed.subscription.state == .enabled)
        #expect(resumed.chargeNow == MicroUSDC(20_000_000 - 20_000_000 * 29 / 30))
    }

    @Test func monthsThatWereMissedWhileServedArePaidEachByItsVersion() throws {
        let book = try Sample.uneven()
        let start = try Sample.time("2028-01-01T00:00:00Z")
        let served = try Subscription(service: .seal)
            .configuring(Sample.starter, at: start, by: book)
            .subscription.enabling(at: start, by: book)
        let turned = try served.subscription.turning(
            at: Sample.time("2028-03-09T00:00:00Z"), by: book)

        #expect(turned.lines.map(\.amount.units) == [20_000_003, 23_000_001])
    }

    @Test func stepsOfAMonthAddUpToWhatEachDayWasServedUnder() throws {
        let book = try Sample.uneven()
        for seed in UInt64(1)...200 {
            var chance = Chance(seed: seed)
            let month = try #require(Month("2028-0\(chance.number(1...9))"))
            var day = chance.number(0...5)
            func time(_ day: Int64) -> Timestamp { month.start.adding(seconds: day * 86_400) }
            var wanted = Sample.starter
            var change = try Subscription(service: .seal)
                .configuring(wanted, at: time(day), by: book)
                .subscription.enabling(at: time(day), by: book)
            var lines = change.lines
            var expected: Int64 = 0
            for _ in 0..<3 {
                let next = chance.number(day...(month.dayCount - 1))
                let paid = try #require(change.subscription.paid)
                expected += try BaseFeeCharge(
                    service: .seal, configuration: paid.configuration,
                    days: #require(MonthDays(month, days: day..<next)),
                    priceVersion: paid.priceVersion
                ).cost(by: book).units
                wanted.sealKeys += 1
                change = try change.subscription.configuring(wanted, at: time(next), by: book)
                lines += change.lines
                day = next
            }
            let paid = try #require(change.subscription.paid)
            expected += try BaseFeeCharge(
                service: .seal, configuration: paid.configuration,
                days: MonthDays(from: time(day)), priceVersion: paid.priceVersion
            ).cost(by: book).units

            #expect(Sample.sum(lines) == expected, "seed \(seed)")
            #expect(change.chargeNow >= .zero)
            #expect(try Sample.invoice(lines).differences(by: book) == [])
        }
    }

    @Test func refusalsOfTheState() throws {
        let book = try Sample.shipped()
        let now = try Sample.time("2027-04-16T00:00:00Z")
        let start = try Self.enabled(at: "2027-04-03T00:00:00Z").subscription
        let suspended = try start.suspending(.spendingLimit)
        let barred = try start.suspendingByOperator()

        #expect(throws: SubscriptionRefusal.notConfigured) {
            try Subscription(service: .seal).enabling(at: now, by: book)
        }
        #expect(throws: SubscriptionRefusal.upgradeWhileSuspended(.suspendedSpendingLimit)) {
            try suspended.configuring(Sample.pro, at: now, by: book)
        }
        for attempt in [suspended, barred] {
            #expect(throws: SubscriptionRefusal.self) { try attempt.enabling(at: now, by: book) }
        }
        #expect(throws: SubscriptionRefusal.self) {
            try barred.configuring(Sample.starter, at: now, by: book)
        }
        #expect(throws: SubscriptionRefusal.self) { try barred.disabling() }
        #expect(throws: SubscriptionRefusal.self) { try barred.resuming(at: now, by: book) }
        #expect(throws: SubscriptionRefusal.self) { try start.resuming(at: now, by: book) }
        #expect(try barred.lifting().state == .disabled)
        #expect(throws: SubscriptionRefusal.configuration(.serviceNotSold(.graphql))) {
            try Subscription(service: .graphql).configuring(Sample.starter, at: now, by: book)
        }
        #expect(throws: SubscriptionRefusal.self) {
            try start.turning(at: Timestamp(milliseconds: 0), by: book)
        }
    }

    @Test func aQuoteSaysWhatIsMissing() throws {
        let book = try Sample.shipped()
        let now = try Sample.time("2027-04-01T00:00:00Z")
        func quote(_ funds: Funds) throws -> Quote {
            try Subscription(service: .seal).quote(Sample.starter, funds, at: now, by: book)
        }
        let cost = MicroUSDC(20_000_000)

        #expect(try quote(Sample.funds(balance: 20_000_000)).isAllowed)
        #expect(
            try quote(Sample.funds(balance: 20_000_000, held: 1)).refusal
                == .funds(
                    .insufficientBalance(
                        current: MicroUSDC(19_999_999), estimatedCost: cost,
                        requiredDeposit: MicroUSDC(1))))
        #expect(
            try quote(Sample.funds(balance: 5, accrued: 9)).refusal
                == .funds(
                    .insufficientBalance(
                        current: .zero, estimatedCost: cost, requiredDeposit: MicroUSDC(20_000_004))
                ))
        #expect(
            try quote(
                Sample.funds(balance: 90_000_000, held: 1, limit: 25_000_000, charged: 5_000_000)
            ).refusal
                == .funds(
                    .monthlyLimitExceeded(
                        limit: MicroUSDC(25_000_000), charged: MicroUSDC(5_000_000),
                        estimatedCost: cost, remaining: MicroUSDC(19_999_999))))
        #expect(
            try quote(Sample.funds(balance: 90_000_000, pastDue: 3)).refusal
                == .paymentOwed(MicroUSDC(3)))
    }

    @Test func whoOwesCannotStartAgainEvenWhereItCostsNothing() throws {
        let book = try Sample.shipped()
        let now = try Sample.time("2027-04-16T00:00:00Z")
        let stopped = try Self.enabled(at: "2027-04-03T00:00:00Z").subscription
            .suspending(.noPayment).disabling()
        let change = try stopped.enabling(at: now, by: book)

        #expect(change.chargeNow == .zero)
        #expect(throws: SubscriptionRefusal.self) {
            try change.check(Sample.funds(balance: 5, accrued: 6))
        }
        #expect(throws: SubscriptionRefusal.paymentOwed(MicroUSDC(1))) {
            try change.check(Sample.funds(balance: 500, pastDue: 1))
        }
        try change.check(Sample.funds(balance: 5, accrued: 5))
    }
}
