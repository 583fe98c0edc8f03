import Billing
import Determinism
import Identifiers
import TestSupport
import Testing

/// Months of use, fees, upgrades, downgrades and late lines on the real tables, against sums that are
/// computed apart.
@Suite struct YearTests {
    private static let winter = ["2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01"]

    @Test("twelve months of twenty customers cost what the events say, to the micro-USDC")
    func year() async throws {
        let script = try YearScript(
            seed: 4, customers: 20,
            months: [
                "2027-07-01", "2027-08-01", "2027-09-01", "2027-10-01", "2027-11-01",
                "2027-12-01", "2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01",
                "2028-05-01", "2028-06-01", "2028-07-01",
            ], stepsPerMonth: 2)
        let world = try await BillingWorld(now: "2027-07-01T00:00:00Z")
        try await world.play(script)

        try await Self.expect(script, in: world)
        let kinds = try await world.store.run("SELECT DISTINCT kind FROM billing_lines")
        #expect(
            Set(kinds.compactMap { $0.first ?? nil })
                == ["usage", "late_usage", "base_fee", "base_fee_returned"])
        try await world.expectWhole()
        try await world.expectRatedTheSame()
        #expect(
            try await world.number("SELECT count(*) FROM billing_records WHERE state <> 'paid'")
                == 0)
        #expect(
            try await world.number(
                """
                SELECT (SELECT sum(amount_micro_usdc) FROM charges WHERE state = 'settled')
                    - (SELECT sum(total_micro_usdc) FROM billing_records)
                """) == 0)
    }

    @Test("in whatever order and batches lines come, they cost the same", arguments: 1...3)
    func order(seed: UInt64) async throws {
        let script = try YearScript(seed: 20 + seed, customers: 5, months: Self.winter)
        let world = try await BillingWorld(now: "2028-01-01T00:00:00Z")
        try await world.play(script, order: seed)

        try await Self.expect(script, in: world)
        try await world.expectWhole()
        try await world.expectRatedTheSame()
    }

    @Test(
        "the time zone of the database changes nothing",
        arguments: ["UTC", "Pacific/Kiritimati", "America/St_Johns"])
    func zone(name: String) async throws {
        let script = try YearScript(seed: 9, customers: 5, months: Self.winter)
        let world = try await BillingWorld(now: "2028-01-01T00:00:00Z")
        try await world.store.run("ALTER DATABASE \(world.store.name) SET timezone = '\(name)'")
        try await world.play(script)

        #expect(try await world.store.value("SHOW timezone") == name)
        try await Self.expect(script, in: world)
        try await world.expectRatedTheSame()
    }

    private static func expect(
        _ script: YearScript, in world: BillingWorld, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let sums = try await world.sums()
        for customer in script.customers {
            let found = sums[customer] ?? (0, 0)
            #expect(
                found.fees == script.fees(of: customer), "fees of \(customer)",
                sourceLocation: place)
            #expect(
                found.use == script.use(of: customer), "use of \(customer)", sourceLocation: place)
        }
    }
}
