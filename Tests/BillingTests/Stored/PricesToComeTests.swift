import Determinism
import Identifiers
import Services
import Storage
import TestSupport
import Testing

@testable import Billing

/// Prices of another day, known today: whoever has something goes on having it.
@Suite struct PricesToComeTests {
    private static func version(
        _ number: Int, from date: String, without part: String = ""
    ) throws -> String {
        let text = try Sample.version(number, from: date)
        guard part != "burst" else {
            return text.replacing(
                #""burst": {"monthlyMicroUsdc": "10000000", "requestsPerSecond": 2000}"#,
                with: #""burst": null"#)
        }
        return text.replacing("\"tier\": \"\(part)\"", with: #""tier": "enterprise""#)
    }

    private static func world(_ versions: String...) async throws -> BillingWorld {
        let world = try await BillingWorld(now: "2028-03-10T10:00:00Z")
        try await world.books.load(Sample.book([version(1, from: "2027-01-01")]))
        guard !versions.isEmpty else { return world }
        try await world.books.load(Sample.book([version(1, from: "2027-01-01")] + versions))
        return world
    }

    private static func refusal(
        _ tier: ServiceTier, from date: String = "2028-04-01", isBurst: Bool = false
    ) throws -> SubscriptionError {
        let end = try Sample.time(date + "T00:00:00Z")
        return .refused(.configuration(.soldUntil(end, tier, isBurst: isBurst)))
    }

    @Test("nobody chooses, or schedules, what is known to be sold for some days only")
    func chosen() async throws {
        let world = try await Self.world(Self.version(2, from: "2028-04-01", without: "starter"))
        let customer = try await world.customer(1, balance: 1_000_000_000)
        let before = try await world.everything()
        await #expect(throws: try Self.refusal(.starter)) {
            try await world.configure(customer, WantedConfiguration(tier: .starter))
        }
        #expect(try await world.everything() == before)

        try await world.enable(customer, Sample.pro)
        await #expect(throws: try Self.refusal(.starter)) {
            try await world.configure(customer, WantedConfiguration(tier: .starter))
        }
        await #expect(throws: try Self.refusal(.starter)) {
            try await world.subscriptions.quote(
                WantedConfiguration(tier: .starter), for: .seal, of: customer)
        }
        try world.moveTo("2028-04-01T00:00:00Z")
        _ = try await world.biller.run()
        #expect(try await world.state(of: customer) == .enabled)
    }

    @Test("what was chosen before such prices came is not enabled any more")
    func chosenBefore() async throws {
        let world = try await Self.world()
        let customer = try await world.customer(1, balance: 1_000_000_000)
        try await world.configure(customer, WantedConfiguration(tier: .starter))
        try await world.books.load(
            Sample.book([
                Self.version(1, from: "2027-01-01"),
                Self.version(2, from: "2028-04-01", without: "starter"),
            ]))
        await #expect(throws: try Self.refusal(.starter)) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
        #expect(try await world.state(of: customer) == .disabled)
        #expect(try await world.invoices() == [])
    }

    @Test("burst that will not be sold is refused as that; the tier can be had without it")
    func burst() async throws {
        let world = try await Self.world(Self.version(2, from: "2028-04-01", without: "burst"))
        let customer = try await world.customer(1, balance: 1_000_000_000)
        await #expect(throws: try Self.refusal(.pro, isBurst: true)) {
            try await world.configure(
                customer, WantedConfiguration(tier: .pro, hasBurst: true))
        }
        try await world.configure(customer, WantedConfiguration(tier: .pro))
    }

    @Test("what is scheduled has to be sold from then on, and not before")
    func scheduled() async throws {
        let gap = try Self.version(2, from: "2028-03-20", without: "starter")
        let (all, later) = (
            try Self.version(3, from: "2028-04-01"),
            try Self.version(4, from: "2028-07-15", without: "starter")
        )
        let world = try await Self.world(gap, all)
        let customer = try await world.customer(1, balance: 1_000_000_000)
        try await world.enable(customer, Sample.pro)
        let done = try await world.configure(customer, WantedConfiguration(tier: .starter))
        #expect(done.change.effect == .scheduled(try #require(Month("2028-04"))))
        let other = try await world.customer(2, balance: 1_000_000_000)
        await #expect(throws: try Self.refusal(.starter, from: "2028-03-20")) {
            try await world.configure(other, WantedConfiguration(tier: .starter), key: "d")
        }

        let start = try Self.version(1, from: "2027-01-01")
        func refusal(_ number: Int64, _ tier: ServiceTier) -> PriceBookRefusal {
            .succession(
                .tariffInUse(version: number, .seal, tier, hasBurst: false, customers: 1))
        }
        await #expect(throws: refusal(4, .starter)) {
            try await world.books.load(Sample.book([start, gap, all, later]))
        }
        await #expect(throws: refusal(2, .starter)) {
            try await world.books.load(Sample.book([start, gap]))
        }
        await #expect(throws: refusal(2, .pro)) {
            try await world.books.load(
                Sample.book([start, Self.version(2, from: "2028-03-20", without: "pro"), all]))
        }
        // The same with the gap a day later: what is scheduled begins behind it.
        #expect(
            try await world.books.load(
                Sample.book([start, Self.version(2, from: "2028-03-21", without: "starter"), all])))
    }

    @Test("who chooses while a book is taken goes by that book")
    func atOnce() async throws {
        let world = try await Self.world()
        let customer = try await world.customer(1, balance: 1_000_000_000)
        let next = Sample.book([
            try Self.version(1, from: "2027-01-01"),
            try Self.version(2, from: "2028-04-01", without: "starter"),
        ])
        let now = world.now
        let chosen = Task {
            _ = try await eventually { try await Self.locks(world, granted: true) == 1 }
            try await world.configure(customer, WantedConfiguration(tier: .starter))
        }
        try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.lockPriceBooks()
            let isWaiting = try? await eventually {
                try await Self.locks(world, granted: false) == 1
            }
            #expect(isWaiting == true)
            try await transaction.insertPriceBook(next, at: now)
        }
        await #expect(throws: try Self.refusal(.starter)) { try await chosen.value }
    }

    /// Of this database: others of the cluster have the same tables.
    private static func locks(_ world: BillingWorld, granted: Bool) async throws -> Int64 {
        try await world.number(
            """
            SELECT count(*) FROM pg_locks
             WHERE granted = \(granted) AND relation = 'price_books'::regclass
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (mode = 'ShareRowExclusiveLock' OR NOT granted)
            """)
    }
}
