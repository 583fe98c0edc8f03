import Billing
import Determinism
import Identifiers
import Observability
import Services
import Storage
import TestSupport
import Testing

@Suite struct OverspendWatchTests {
    @Test("use beyond the balance stops the service; exactly all of it does not")
    func stops() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000 + 1_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(10_000, of: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .enabled)

        try await world.use(1, of: customer)
        world.time.advance(milliseconds: 1500)
        let report = try await world.watch.run()

        #expect(report.counts["services_suspended"] == 1)
        #expect(try await world.state(of: customer) == .suspendedNoPayment)
        #expect(world.metrics.text().contains("sluice_overspend_last_micro_usdc 100\n"))
        #expect(
            world.metrics.text().contains("sluice_overspend_delay_seconds_bucket{le=\"2.5\"} 1"))
        #expect(
            try await world.store.value("SELECT action FROM audit_log ORDER BY at DESC LIMIT 1")
                == "service_suspended")
    }

    @Test("it goes on only when what was owed has settled, not when a deposit comes")
    func resumes() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(30_000, of: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .suspendedNoPayment)
        _ = try await world.watch.run()
        #expect(try await world.invoices().last == "closed 3000000")

        try await world.deposit(3_000_000, to: customer)
        _ = try await world.watch.run()
        _ = try await world.watch.run()
        #expect(try await world.invoices().last == "charging 3000000")
        #expect(try await world.state(of: customer) == .suspendedNoPayment)

        try await world.settleAll()
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .enabled)
        try await world.expectWhole()
    }

    @Test("use that has no price neither hides what has one nor keeps a service from going on")
    func unpriced() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(5, of: customer)
        try await world.store.run("UPDATE usage_records SET service_type = 'grpc'")
        try await world.use(30_000, of: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .suspendedNoPayment)

        try await world.deposit(3_000_000, to: customer)
        for _ in 0..<3 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        #expect(try await world.invoices() == ["paid 20000000", "paid 3000000"])
        #expect(try await world.state(of: customer) == .enabled)
    }

    @Test("credit is there to be used up: only what it leaves counts against the balance")
    func credit() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.grant(1_000_000, to: customer)
        try await world.use(10_000, of: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .enabled)
        #expect(try await world.number("SELECT count(*) FROM billing_records") == 1)

        try await world.use(1, of: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .suspendedNoPayment)
        try await world.deposit(100, to: customer)
        for _ in 0..<3 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        #expect(try await world.invoices() == ["paid 20000000", "paid 100"])
        #expect(try await world.state(of: customer) == .enabled)
        try await world.expectWhole()
    }

    @Test("the days left of another month may be paid by credit alone")
    func resumedByCredit() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(10, of: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .suspendedNoPayment)
        _ = try await world.watch.run()
        try world.moveTo("2028-05-31T10:00:00Z")
        try await world.deposit(1000, to: customer)
        try await world.grant(645_162, to: customer)
        for _ in 0..<3 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }

        #expect(try await world.invoices() == ["paid 20000000", "paid 1000", "paid 0"])
        #expect(try await world.state(of: customer) == .enabled)
        try await world.expectWhole()
    }

    @Test("a withdrawal under what was used, and a lower limit, stop it as well")
    func otherCauses() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let first = try await world.customer(1, balance: 100_000_000)
        let second = try await world.customer(2, balance: 100_000_000)
        for customer in [first, second] {
            try await world.enable(customer)
            try await world.use(20_000, of: customer)
        }
        try await world.settleAll()
        _ = try await world.watch.run()
        #expect(try await world.state(of: first) == .enabled)
        try await world.store.run(
            """
            UPDATE escrow_accounts SET balance_micro_usdc = 1999999
             WHERE account_id = \(BillingWorld.bytes(1));
            UPDATE escrow_accounts SET spending_limit_micro_usdc = 21999999
             WHERE account_id = \(BillingWorld.bytes(2))
            """)

        _ = try await world.watch.run()

        #expect(try await world.state(of: first) == .suspendedNoPayment)
        #expect(try await world.state(of: second) == .suspendedSpendingLimit)
    }

    @Test("a declined charge stops the service, though our figures show enough")
    func declined() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.enable(customer)
        try await world.declineAll()
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .suspendedNoPayment)

        world.time.advance(milliseconds: 5000)
        _ = try await world.watch.run()
        try await world.settleAll()
        _ = try await world.watch.run()
        #expect(try await world.invoices() == ["paid 20000000"])
        #expect(try await world.state(of: customer) == .enabled)
    }

    @Test("resumed in another month, the days left are charged first")
    func resumedLater() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(10, of: customer)
        _ = try await world.watch.run()
        try world.moveTo("2028-05-31T10:00:00Z")
        try await world.deposit(1000, to: customer)
        for _ in 0..<3 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        #expect(try await world.state(of: customer) == .suspendedNoPayment)

        try await world.deposit(645_162, to: customer)
        for _ in 0..<3 { _ = try await world.watch.run() }
        #expect(try await world.state(of: customer) == .enabled)
        #expect(try await world.invoices() == ["paid 20000000", "paid 1000", "charging 645162"])
    }

    @Test(
        "by a clock that may be wrong services are stopped, and nobody is invoiced or charged",
        arguments: ["2028-02-01T10:00:00Z", "2028-03-01T10:06:00Z", "2028-04-02T10:00:00Z"])
    func stopsOnly(wrong: String) async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let owing = try await world.customer(1, balance: 20_000_000)
        let stopped = try await world.customer(2, balance: 20_000_000)
        for customer in [owing, stopped] { try await world.enable(customer) }
        try await world.settleAll()
        try await world.use(30_000, of: stopped)
        for _ in 0..<2 { _ = try await world.watch.run() }
        try await world.deposit(3_000_100, to: stopped)
        let before = try await world.invoices()
        #expect(before.last == "closed 3000000")
        for customer in [owing, stopped] { try await world.use(1, of: customer) }
        try world.moveTo(wrong)
        for _ in 0..<2 { _ = try await world.watch.run(stopsOnly: true) }
        #expect(try await world.state(of: owing) == .suspendedNoPayment)
        #expect(try await world.state(of: stopped) == .suspendedNoPayment)
        #expect(try await world.invoices() == before)

        try world.moveTo("2028-03-01T10:07:00Z")
        try await world.deposit(100, to: owing)
        for _ in 0..<4 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        for customer in [owing, stopped] {
            #expect(try await world.state(of: customer) == .enabled)
        }
        #expect(
            try await world.number("SELECT sum(total_micro_usdc) FROM billing_records")
                == 43_000_200)
        try await world.expectWhole()
    }

    @Test("what a clock that was far ahead put off is not put off once it is right")
    func putOff() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.enable(customer)
        try await world.declineAll()
        try world.moveTo("2029-03-01T10:00:00Z")
        _ = try await world.watch.run(stopsOnly: true)
        #expect(try await world.state(of: customer) == .suspendedNoPayment)

        try world.moveTo("2028-03-01T10:00:01Z")
        for _ in 0..<2 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        #expect(try await world.invoices() == ["paid 20000000"])
        #expect(try await world.state(of: customer) == .enabled)
    }

    @Test("a customer who owes nothing is left alone, and so is one an operator has stopped")
    func leftAlone() async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let fine = try await world.customer(1, balance: 100_000_000)
        let stopped = try await world.customer(2, balance: 100_000_000)
        for customer in [fine, stopped] { try await world.enable(customer) }
        try await world.settleAll()
        try await world.store.run(
            """
            UPDATE service_instances SET state = 'suspended_by_operator' WHERE customer_id = 2;
            UPDATE escrow_accounts SET balance_micro_usdc = 0
             WHERE account_id = \(BillingWorld.bytes(2))
            """)
        try await world.use(10, of: stopped)

        _ = try await world.watch.run()

        #expect(try await world.state(of: fine) == .enabled)
        #expect(try await world.state(of: stopped) == .suspendedByOperator)
    }

    @Test(
        "however many are stopped, who is served is stopped in time, and who pays goes on",
        arguments: [(2, OverspendWatch.usualMilliseconds, 12), (1000, 0, 28)])
    func manyStopped(watched: Int, watchedFor: Int64, runs: Int) async throws {
        let world = try await BillingWorld.priced(
            now: "2028-03-01T10:00:00Z", watched: watched, watchedFor: watchedFor)
        for number in 1...3 {
            try await world.enable(try await world.customer(Int64(number), balance: 20_000_000))
        }
        try await world.declineAll()
        try await world.store.run("UPDATE service_instances SET state = 'disabled'")
        var stopped: [CustomerID] = []
        for number in 4...7 {
            let customer = try await world.customer(Int64(number), balance: 20_000_000)
            try await world.enable(customer)
            try await world.settleAll()
            try await world.use(30_000, of: customer)
            _ = try await world.watch.run()
            #expect(try await world.state(of: customer) == .suspendedNoPayment)
            stopped.append(customer)
        }

        let last = try #require(stopped.last)
        try await world.deposit(3_000_000, to: last)
        for _ in 0..<runs {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        #expect(try await world.state(of: last) == .enabled)
        for customer in stopped.dropLast() {
            #expect(try await world.state(of: customer) == .suspendedNoPayment)
        }
    }
}
