import Billing
import Determinism
import Identifiers
import Services
import Storage
import TestSupport
import Testing

/// Each transaction is broken off at each table it writes to, as a stop of the process would: what
/// was done of it is gone, and the next run does all of it, once.
@Suite struct CrashTests {
    private static let billed = [
        "billing_accounts", "billing_records", "billing_lines", "billing_line_parts",
        "usage_records", "charges", "ledger_entries", "escrow_accounts",
    ]

    @Test("broken off anywhere, billing makes no invoice and no charge twice", arguments: billed)
    func billing(table: String) async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(50_000, of: customer)
        try await world.refuse(table)
        await #expect(throws: StorageError.self) { _ = try await world.biller.run() }
        try await world.expectWhole()
        #expect(try await world.number("SELECT count(*) FROM charges") == 0)

        try await world.accept(table)
        for _ in 0..<2 { _ = try await world.biller.run() }
        #expect(try await world.invoices() == ["charging 5000000"])
        #expect(try await world.number("SELECT count(*) FROM charges") == 1)
        try await world.expectWhole()
    }

    @Test(
        "broken off anywhere, the turn of a month charges its fee once",
        arguments: ["service_instances", "billing_records", "billing_lines", "charges"])
    func turning(table: String) async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try world.moveTo("2028-04-01T00:00:00Z")
        _ = try await world.watch.run()
        try await world.refuse(table)
        await #expect(throws: StorageError.self) { _ = try await world.biller.run() }

        try await world.accept(table)
        for _ in 0..<2 { _ = try await world.biller.run() }
        #expect(try await world.invoices() == ["paid 14193549", "charging 20000000"])
        try await world.expectWhole()
    }

    @Test(
        "broken off anywhere, a service stops and goes on whole",
        arguments: ["service_instances", "audit_log"])
    func stopping(table: String) async throws {
        let world = try await BillingWorld.priced(now: "2028-03-01T10:00:00Z")
        let customer = try await world.customer(1, balance: 20_000_000)
        try await world.enable(customer)
        try await world.settleAll()
        try await world.use(10, of: customer)
        try await world.refuse(table)
        await #expect(throws: StorageError.self) { _ = try await world.watch.run() }
        #expect(try await world.state(of: customer) == .enabled)
        try await world.accept(table)
        for _ in 0..<2 { _ = try await world.watch.run() }
        #expect(try await world.state(of: customer) == .suspendedNoPayment)

        try await world.deposit(1000, to: customer)
        _ = try await world.watch.run()
        try await world.settleAll()
        try await world.refuse(table)
        await #expect(throws: StorageError.self) { _ = try await world.watch.run() }
        try await world.accept(table)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .enabled)
        #expect(try await world.invoices() == ["paid 20000000", "paid 1000"])
    }

    @Test("an outcome that was not noted is noted by the next run")
    func outcome() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        try await world.settleAll()
        try await world.refuse("billing_records")
        await #expect(throws: StorageError.self) { _ = try await world.watch.run() }
        #expect(try await world.invoices() == ["charging 5000000"])

        try await world.accept("billing_records")
        _ = try await world.watch.run()
        #expect(try await world.invoices() == ["paid 5000000"])
    }

    @Test("several at the same work bill every customer once")
    func several() async throws {
        let world = try await BillingWorld.priced()
        for number in 1...30 {
            let customer = try await world.customer(Int64(number), balance: 100_000_000)
            try await world.use(50_000, of: customer)
        }

        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try? await world.biller.run() } }
            for _ in 0..<2 { group.addTask { _ = try? await world.watch.run() } }
        }
        _ = try await world.biller.run()

        let states = try await world.invoices()
        #expect(states == [String](repeating: "charging 5000000", count: 30))
        try await world.expectWhole()
    }
}
