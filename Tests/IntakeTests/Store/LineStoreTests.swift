import Determinism
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite struct LineStoreTests {
    static let counts = "SELECT count(*), count(DISTINCT line_id), sum(bytes_out) FROM haproxy_logs"

    @Test("where a line's day is gone nobody knows whether it counted: it is put aside, once")
    func dayGone() async throws {
        let world = try await IntakeWorld()
        var spooled = world.batch(NumberedLines.lines(0..<50))
        try await world.store([spooled])
        world.clock.advance(milliseconds: 91 * 86_400_000)
        #expect(try await world.store([spooled]).map(\.duplicates) == [50], "its day is kept")
        try await world.database.run(
            """
            SELECT haproxy_logs_drop_day('2026-11-21');
            SELECT haproxy_logs_make_days('2027-02-20', '2027-02-20')
            """)
        let now = world.clock.surroundings.now()
        let fresh = (50..<60).map { NumberedLines.line($0, time: now) }
        for chunk in world.batch(fresh).chunks { spooled.append(chunk) }

        let outcomes = try await world.store([spooled, spooled])

        #expect(
            outcomes == [
                StoredBatch(stored: 10, duplicates: 0, quarantined: 50),
                StoredBatch(stored: 0, duplicates: 10, quarantined: 0),
            ])
        #expect(
            try await world.rows("SELECT code, count(*) FROM log_quarantine GROUP BY code")
                == ["day_gone 50"])
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["10"])
    }

    @Test("where the database makes no day so far from its own, lines that have one are stored")
    func clockIsYearsOff() async throws {
        let world = try await IntakeWorld()
        var spooled = world.batch(NumberedLines.lines(0..<5))
        world.clock.advance(milliseconds: 3650 * 86_400_000)
        let now = world.clock.surroundings.now()
        let fresh = (5..<8).map { NumberedLines.line($0, time: now) }
        for chunk in world.batch(fresh).chunks { spooled.append(chunk) }

        let outcomes = try await world.store([spooled])

        #expect(outcomes == [StoredBatch(stored: 5, duplicates: 0, quarantined: 3)])
        #expect(
            try await world.rows("SELECT code, count(*) FROM log_quarantine GROUP BY code")
                == ["line_not_storable 3"])
    }

    @Test("a line is stored whole, with whose key it was and which batch brought it")
    func whole() async throws {
        let world = try await IntakeWorld()

        let outcome = try await world.store([NumberedLines.line(0)])

        #expect(outcome == StoredBatch(stored: 1, duplicates: 0, quarantined: 0))
        #expect(
            try await world.rows(
                """
                SELECT at = 'epoch'::timestamptz + 1795246453050 * interval '1 ms', edge, line_id,
                       customer_id, api_key_id, service_type, method, status, bytes_in, bytes_out,
                       duration_ms FROM haproxy_logs
                """) == [
                    "t edge-1 00000000-0000-4000-9000-000000000000 42 \(IntakeWorld.keyID) seal POST "
                        + "200 82 4096 6"
                ])
        #expect(
            try await world.rows(
                """
                SELECT source, line_count, duplicate_count, first_at = last_at, metered_at
                  FROM log_batches JOIN haproxy_logs USING (batch_id)
                """) == ["test 1 0 t -"])
        #expect(
            try await world.rows(
                "SELECT last_used_at = max(at) FROM api_keys, haproxy_logs GROUP BY last_used_at")
                == ["t"])
    }

    @Test("a batch that comes again, whole or in part, counts nothing twice and says how much")
    func again() async throws {
        let world = try await IntakeWorld()
        try await world.store(NumberedLines.lines(0..<100))

        #expect(
            try await world.store(NumberedLines.lines(0..<100))
                == StoredBatch(stored: 0, duplicates: 100, quarantined: 0))
        #expect(
            try await world.store(NumberedLines.lines(50..<130))
                == StoredBatch(stored: 30, duplicates: 50, quarantined: 0))
        #expect(
            try await world.store(NumberedLines.lines([200, 201, 200, 201, 202]))
                == StoredBatch(stored: 3, duplicates: 2, quarantined: 0))

        #expect(try await world.rows(Self.counts) == ["133 133 \(133 * 4096)"])
        #expect(
            try await world.rows(
                "SELECT line_count, duplicate_count FROM log_batches ORDER BY batch_id")
                == ["100 0", "0 100", "30 50", "3 2"])
    }

    @Test("an attempt whose outcome is unknown is made again, and counts once")
    func unknownOutcome() async throws {
        let world = try await IntakeWorld()
        let batch = world.batch(NumberedLines.lines(0..<50))

        try await world.store([batch])
        let second = try await world.store([batch], mayBeStored: true)
        let third = try await world.store(
            [world.batch(NumberedLines.lines(50..<60))], mayBeStored: true)

        #expect(second == [StoredBatch(stored: 0, duplicates: 50, quarantined: 0)])
        #expect(third == [StoredBatch(stored: 10, duplicates: 0, quarantined: 0)])
        #expect(try await world.rows("SELECT received FROM log_windows") == ["60"])
    }

    @Test("two that store the same lines at once store each once, and no gap is left")
    func twice() async throws {
        let world = try await IntakeWorld()
        let batches = (0..<10).map { part in
            world.batch(NumberedLines.lines(part * 200..<part * 200 + 200))
        }

        async let first = world.store(batches)
        async let second = world.store(batches)
        let stored = try await (first + second).reduce(0) { $0 + $1.stored }

        #expect(stored == 2000)
        #expect(try await world.rows(Self.counts) == ["2000 2000 \(2000 * 4096)"])
        #expect(
            try await world.rows("SELECT first_number, last_number, received FROM log_windows")
                == ["0 1999 2000"])
        #expect(try await world.rows("SELECT lost FROM log_gaps") == [])
    }

    @Test("the same id at another time or edge is another line: none can be suppressed by it")
    func identity() async throws {
        let world = try await IntakeWorld()
        let later = IntakeWorld.moment.adding(milliseconds: 1)

        let outcome = try await world.store([
            NumberedLines.line(0), NumberedLines.line(0, time: later),
            NumberedLines.line(0, edge: "edge-2"),
        ])

        #expect(outcome.stored == 3)
    }

    @Test("days are made for lines of any time that may come, also when the clock has moved")
    func days() async throws {
        let world = try await IntakeWorld()
        let day: Int64 = 86_400_000
        func at(_ offset: Int64) -> Timestamp {
            world.clock.surroundings.now().adding(milliseconds: offset)
        }
        try await world.store([
            NumberedLines.line(0, time: at(0)), NumberedLines.line(1, time: at(-35 * day)),
            NumberedLines.line(2, time: at(300_000)),
        ])
        world.clock.advance(milliseconds: 5 * day)
        let next = try await world.store([
            NumberedLines.line(3, time: at(0)), NumberedLines.line(4, time: at(-2 * day)),
        ])
        world.clock.advance(milliseconds: -3 * day)
        let back = try await world.store([NumberedLines.line(5, time: at(0))])

        #expect(next.stored + back.stored == 3)
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["6"])
    }

    @Test("one line that the database refuses is put aside, and all others are stored")
    func refusedByTheDatabase() async throws {
        let world = try await IntakeWorld()
        try await world.database.run(
            "ALTER TABLE haproxy_logs ADD CONSTRAINT planted CHECK (line_id::text NOT LIKE '%2a')")

        let outcome = try await world.store(NumberedLines.lines(0..<100))

        #expect(outcome == StoredBatch(stored: 99, duplicates: 0, quarantined: 1))
        #expect(
            try await world.rows(
                "SELECT code, convert_from(raw, 'UTF8') LIKE '%\"lc\":42,%' FROM log_quarantine")
                == ["line_not_storable t"])
    }

    @Test("while the tables are not there nothing is put aside: that is no fault of the lines")
    func notMigrated() async throws {
        let world = try await IntakeWorld()
        try await world.database.run("ALTER TABLE log_batches RENAME TO away")

        await #expect(throws: StorageError.rejected(sqlState: "42P01")) {
            try await world.store(NumberedLines.lines(0..<10))
        }

        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["0"])
        #expect(try await world.rows("SELECT count(*) FROM log_quarantine") == ["0"])
    }
}
