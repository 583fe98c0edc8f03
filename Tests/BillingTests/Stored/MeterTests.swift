import Billing
import Determinism
import Identifiers
import Storage
import TestSupport
import Testing

@Suite struct MeterTests {
    @Test("lines become sums by hour, once; free and unknown ones cost nothing")
    func sums() async throws {
        let world = try await BillingWorld()
        try await world.customer(1, balance: 0)
        let nine = try Sample.time("2028-03-10T09:59:59.999Z")
        let ten = try Sample.time("2028-03-10T10:00:00Z")
        try await world.batch([(nine, 1, 200), (nine, 1, 404), (ten, 1, 302)])
        try await world.batch([(ten, 1, 200), (ten, nil, 401), (ten, 1, 100), (ten, 1, 400)])
        try await world.batch([])

        #expect(try await world.meter.run() == Meter.Summary(batches: 3, lines: 7))
        #expect(try await world.meter.run() == Meter.Summary())

        let sums = try await world.store.run(
            """
            SELECT hour AT TIME ZONE 'UTC', tier, requests, successful, bytes_in, bytes_out
              FROM usage_records ORDER BY hour
            """)
        #expect(
            sums == [
                ["2028-03-10 09:00:00", "starter", "2", "1", "200", "2000"],
                ["2028-03-10 10:00:00", "starter", "4", "2", "400", "4000"],
            ])
    }

    @Test("the tier of an hour is that of its start, or the first that begins within it")
    func tiers() async throws {
        let world = try await BillingWorld()
        try await world.customer(1, balance: 0)
        try await world.store.run(
            """
            INSERT INTO service_instances (customer_id, service_type, created_at, changed_at)
            VALUES (1, 'seal', now(), now());
            INSERT INTO service_tier_periods (customer_id, service_type, starts_at, tier) VALUES
                (1, 'seal', '2028-03-10 08:30Z', 'pro'), (1, 'seal', '2028-03-10 08:40Z', 'starter'),
                (1, 'seal', '2028-03-10 10:00Z', 'enterprise')
            """)
        for hour in ["07:59:59", "08:10:00", "08:59:00", "09:00:00", "10:00:00"] {
            try await world.batch([(try Sample.time("2028-03-10T\(hour)Z"), 1, 200)])
        }

        _ = try await world.meter.run()

        let tiers = try await world.store.run(
            "SELECT tier, requests FROM usage_records ORDER BY hour")
        #expect(
            tiers == [["starter", "1"], ["pro", "2"], ["starter", "1"], ["enterprise", "1"]])
    }

    @Test("a batch that commits between two others is no part of their claim, and comes next")
    func latecomer() async throws {
        let world = try await BillingWorld()
        try await world.customer(1, balance: 0)
        let now = world.now
        for _ in 0..<3 { try await world.batch([(now, 1, 200)]) }
        // As if the second had not been committed when the others were claimed.
        let held = try await world.hold("SELECT FROM log_batches WHERE batch_id = 2 FOR UPDATE")

        #expect(try await world.meter.run() == Meter.Summary(batches: 2, lines: 2))
        #expect(try await world.number("SELECT successful FROM usage_records") == 2)
        await held.release()
        #expect(try await world.meter.run() == Meter.Summary(batches: 1, lines: 1))
        #expect(try await world.number("SELECT successful FROM usage_records") == 3)
    }

    @Test("a stop before the commit leaves a batch as it was")
    func stop() async throws {
        let world = try await BillingWorld()
        try await world.customer(1, balance: 0)
        try await world.batch([(world.now, 1, 200)])
        for table in ["usage_records", "billing_accounts", "log_batches"] {
            try await world.refuse(table)
            await #expect(throws: StorageError.self) { try await world.meter.run() }
            try await world.accept(table)
            #expect(try await world.number("SELECT count(*) FROM usage_records") == 0)
        }

        #expect(try await world.meter.run() == Meter.Summary(batches: 1, lines: 1))
        #expect(try await world.number("SELECT successful FROM usage_records") == 1)
    }

    @Test("two at work at once count every line once")
    func two() async throws {
        let world = try await BillingWorld()
        for customer in 1...3 { try await world.customer(Int64(customer), balance: 0) }
        let now = world.now
        for batch in 0..<40 {
            try await world.batch((0..<5).map { (now, Int64((batch + $0) % 3 + 1), 200) })
        }
        var limits = Meter.Limits()
        limits.lines = 10
        let meter = Meter(
            database: world.database, surroundings: world.time.surroundings,
            metrics: world.metrics, limits: limits)

        let done = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<4 { group.addTask { try await meter.run().lines } }
            return try await group.reduce(0, +)
        }

        #expect(done == 200)
        #expect(try await world.number("SELECT sum(successful) FROM usage_records") == 200)
    }

    @Test("what has come while nobody metered is summed in parts beside each other, once")
    func behind() async throws {
        let world = try await BillingWorld()
        for customer in 1...3 { try await world.customer(Int64(customer), balance: 0) }
        let hours = try ["09:59:59", "10:00:00"].map { try Sample.time("2028-03-10T\($0)Z") }
        for batch in 0..<31 {
            try await world.batch((0..<5).map { (hours[$0 % 2], Int64((batch + $0) % 3 + 1), 200) })
        }
        var limits = Meter.Limits()
        (limits.lines, limits.behind, limits.beside) = (30, 1, 3)
        let meter = Meter(
            database: world.database, surroundings: world.time.surroundings,
            metrics: world.metrics, limits: limits)

        #expect(try await meter.run() == Meter.Summary(batches: 31, lines: 155))
        #expect(try await meter.run() == Meter.Summary())

        let sums = try await world.store.run(
            """
            SELECT l.customer_id, date_trunc('hour', l.at), count(*), u.successful, u.bytes_in
              FROM haproxy_logs AS l LEFT JOIN usage_records AS u
                ON u.customer_id = l.customer_id AND u.hour = date_trunc('hour', l.at)
             GROUP BY 1, 2, 4, 5 HAVING count(*) IS DISTINCT FROM u.successful
                 OR sum(l.bytes_in) IS DISTINCT FROM u.bytes_in
            """)
        #expect(sums == [])
        #expect(try await world.number("SELECT count(*) FROM usage_records") == 6)
    }
}
