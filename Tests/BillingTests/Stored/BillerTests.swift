import Billing
import Determinism
import Identifiers
import Observability
import Services
import Storage
import TestSupport
import Testing

@Suite struct BillerTests {
    @Test("use below the threshold waits; at it, it is invoiced and charged, once")
    func threshold() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(49_999, of: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == [])
        #expect(
            try await world.number("SELECT accrued_micro_usdc FROM billing_accounts") == 4_999_900)

        try await world.use(1, of: customer)
        _ = try await world.biller.run()
        _ = try await world.biller.run()

        #expect(try await world.invoices() == ["charging 5000000"])
        #expect(try await world.number("SELECT held_micro_usdc FROM escrow_accounts") == 5_000_000)
        try await world.settleAll()
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 5000000"])
        try await world.expectWhole()
    }

    @Test("a month that is over is invoiced whatever it comes to; a quiet one leaves no invoice")
    func monthEnd() async throws {
        let world = try await BillingWorld.priced(now: "2028-02-28T12:00:00Z")
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(3, of: customer)
        try world.moveTo("2028-02-29T23:59:59Z")
        _ = try await world.biller.run()
        #expect(try await world.invoices() == [])

        try world.moveTo("2028-03-01T00:00:00Z")
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["charging 300"])
        try await world.settleAll()

        try world.moveTo("2028-05-01T00:00:00Z")
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 300"])
        let covered = try await world.store.value(
            "SELECT covered_through AT TIME ZONE 'UTC' FROM billing_accounts")
        #expect(covered == "2028-05-01 00:00:00")
    }

    @Test("an invoice with a charge that it does not know of keeps no other waiting")
    func refusedFirst() async throws {
        let world = try await BillingWorld.priced()
        let first = try await world.customer(1, balance: 100_000_000)
        let second = try await world.customer(2, balance: 0)
        for customer in [first, second] { try await world.use(50_000, of: customer) }
        _ = try await world.biller.run()
        try await world.store.run("UPDATE billing_records SET state = 'closed'")
        try await world.deposit(5_000_000, to: second)
        let biller = Biller(
            database: world.database, books: world.books, surroundings: world.time.surroundings,
            logger: .disabled, chunk: 1)

        _ = try await biller.run()

        let states = try await world.store.run(
            "SELECT state FROM billing_records ORDER BY customer_id")
        #expect(states == [["closed"], ["charging"]])
        #expect(try await world.number("SELECT count(*) FROM charges") == 2)
    }

    @Test("requests that come late become an adjustment line, at the price of their hour")
    func late() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(50_000, of: customer)
        try world.moveTo("2028-03-10T11:30:00Z")
        _ = try await world.biller.run()
        try await world.settleAll()
        try await world.use(7, of: customer, at: try Sample.time("2028-03-10T10:00:00Z"))
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()

        let invoices = try await world.reader.list(of: customer, limit: 9)
        let lines = try await world.reader.lines(of: try #require(invoices.first?.id))
        #expect(lines.map(\.line.kind) == [.lateUsage, .usage])
        #expect(lines.map(\.line.amount.units) == [700, 5_000_000])
        try await world.expectWhole()
    }

    @Test("the first of a month charges the fee of what is served, and what was scheduled begins")
    func monthTurn() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-10T10:00:00Z")
        let customer = try await world.customer(1, balance: 200_000_000)
        let other = try await world.customer(2, balance: 200_000_000)
        try await world.enable(customer, Sample.pro)
        try await world.enable(other)
        try await world.schedule(Sample.starter, for: customer)
        try await world.settleAll()
        try world.moveTo("2028-03-31T23:59:59Z")
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 28387097", "paid 14193549"])

        try world.moveTo("2028-04-01T00:00:00Z")
        _ = try await world.biller.run()
        _ = try await world.biller.run()

        let fees = try await world.store.run(
            """
            SELECT customer_id, kind, tier, amount_micro_usdc FROM billing_lines
             WHERE month = '2028-04-01' ORDER BY customer_id
            """)
        #expect(
            fees == [
                ["1", "base_fee", "starter", "20000000"], ["2", "base_fee", "starter", "20000000"],
            ])
        #expect(try await world.database.instance(customer, .seal)?.configuration == Sample.starter)
        #expect(try await world.database.instance(customer, .seal)?.scheduled == nil)
        try await world.expectWhole()
    }

    @Test("a month does not count as paid while its fee can stand on no invoice")
    func monthWithoutInvoice() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-10T10:00:00Z")
        let customer = try await world.customer(1, balance: 200_000_000)
        try await world.enable(customer, Sample.pro)
        try await world.schedule(Sample.starter, for: customer)
        try await world.settleAll()
        try await world.use(92_233_720_368_547_758, of: customer)  // With the fee, above 2⁶³ − 1.
        try world.moveTo("2028-04-01T00:00:00Z")
        let report = try await world.biller.run()

        #expect(report.refused.map(\.problem.code) == ["invoice_refused"])
        #expect(report.counts["months_turned"] == 0)
        let row = try #require(try await world.database.instance(customer, .seal))
        #expect(row.paid?.month == Month("2028-03")?.start && row.configuration == Sample.pro)
        #expect(row.scheduled != nil)
        #expect(try await world.invoices() == ["paid 28387097", "closed 9223372036854775800"])

        _ = try await world.biller.run()
        #expect(try await world.invoices().last == "charging 20000000")
        try await world.expectWhole()
    }

    @Test("what cannot be paid stays closed and holds nothing; a deposit has it charged")
    func tooLittle() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 4_000_000)
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["closed 5000000"])
        #expect(try await world.number("SELECT held_micro_usdc FROM escrow_accounts") == 0)
        #expect(try await world.number("SELECT count(*) FROM charges") == 0)

        try await world.deposit(999_999, to: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["closed 5000000"])
        try await world.deposit(1, to: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["charging 5000000"])
    }

    @Test("a limit is not charged beyond")
    func limit() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000, limit: 9_999_999)
        for _ in 0..<2 {
            try await world.use(50_000, of: customer)
            _ = try await world.biller.run()
            try await world.settleAll()
        }
        _ = try await world.biller.run()

        #expect(try await world.invoices() == ["paid 5000000", "closed 5000000"])
    }

    @Test("a declined charge is tried anew only after a while, each time a longer one")
    func backOff() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        for wait: Int64 in [5000, 10_000, 20_000] {
            try await world.declineAll()
            _ = try await world.watch.run()
            #expect(try await world.invoices().last == "past_due 5000000")
            world.time.advance(milliseconds: wait - 1)
            _ = try await world.watch.run()
            #expect(try await world.number(Self.planned) == 0)
            world.time.advance(milliseconds: 1)
            _ = try await world.watch.run()
            #expect(try await world.number(Self.planned) == 1)
        }
        #expect(try await world.number("SELECT max(charge_count) FROM billing_records") == 4)
        try await world.expectWhole()
    }

    @Test("a deposit has what was declined charged at once, and once")
    func depositEndsTheWait() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.deposit(1, to: customer)
        try await world.enable(customer)
        for wait: Int64 in [5000, 10_000] {
            try await world.declineAll()
            _ = try await world.watch.run()
            world.time.advance(milliseconds: wait)
            _ = try await world.watch.run()
        }
        try await world.declineAll()
        _ = try await world.watch.run()
        world.time.advance(milliseconds: 1000)
        _ = try await world.watch.run()
        #expect(try await world.number(Self.planned) == 0)

        try await world.deposit(1, to: customer)
        _ = try await world.watch.run()
        #expect(try await world.number(Self.planned) == 1)
        try await world.declineAll()
        _ = try await world.watch.run()
        _ = try await world.watch.run()
        #expect(try await world.number(Self.planned) == 0)
        try await world.expectWhole()
    }

    private static let planned = "SELECT count(*) FROM charges WHERE state = 'planned'"

    @Test("credits are taken before money, the oldest first; nothing owed is paid as it is made")
    func credits() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.store.run(
            """
            INSERT INTO billing_credits VALUES
                ('01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68', 1, 6000000, 6000000, 'r', 'op', now()),
                ('01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a69', 1, 1000000, 1000000, 'r', 'op', now())
            """)
        for _ in 0..<2 {
            try await world.use(50_000, of: customer)
            _ = try await world.biller.run()
        }

        #expect(try await world.invoices() == ["paid 0", "charging 3000000"])
        #expect(
            try await world.number("SELECT sum(remaining_micro_usdc) FROM billing_credits") == 0)
        try await world.expectWhole()
    }

    @Test("a charge that settles under the invoice's mark pays it, whoever planned it")
    func recognised() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 1)
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        try await world.adopt(amount: 4_999_999)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["closed 5000000"])
        try await world.store.run("ALTER TABLE charges DISABLE TRIGGER USER; DELETE FROM charges")

        try await world.adopt(amount: 5_000_000)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 5000000"])
    }

    @Test("use that cannot be priced keeps no other use from being billed, nor anybody else")
    func unpriced() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-31T10:00:00Z")
        let customer = try await world.customer(1, balance: 100_000_000)
        let other = try await world.customer(2, balance: 100_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(3, of: customer)
        try await world.store.run("UPDATE usage_records SET service_type = 'grpc'")
        try await world.use(10, of: customer)
        try await world.use(50_000, of: other)
        let before = try await world.biller.run()
        #expect(before.refused.map(\.customer) == [customer])
        #expect(before.refused.first?.problem.code == "rating_failed")
        #expect(
            try await world.number(
                "SELECT accrued_micro_usdc FROM billing_accounts WHERE customer_id = 1") == 1000)

        try world.moveTo("2028-04-01T00:00:00Z")
        let report = try await world.biller.run()

        #expect(Set(report.refused.map(\.customer)) == [customer])
        #expect(
            try await world.invoices() == ["paid 645162", "charging 5000000", "charging 20001000"])
        #expect(
            try await world.database.instance(customer, .seal)?.paid?.month
                == Month("2028-04")?.start)
        #expect(
            try await world.number("SELECT invoiced FROM usage_records WHERE successful = 3") == 0)
        try await world.expectWhole()
    }

    @Test("without prices nothing is billed and nothing is lost")
    func noPrices() async throws {
        let world = try await BillingWorld()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == [])

        try await world.books.load(Array(try Sample.shippedText().utf8))
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["charging 5000000"])
    }
}
