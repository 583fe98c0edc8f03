import Determinism
import Escrow
import Storage
import TestSupport
import Testing

@testable import Manager

@Suite struct CleanupTests {
    private static let day: Int64 = 86_400_000

    private func clean(
        _ world: ManagerWorld, _ policy: RetentionPolicy = .standard
    ) async throws -> TaskReport {
        let task = CleanupTask(
            database: world.database, policy: policy, surroundings: world.time.surroundings
        ).task
        return try await task.run(world.leader)
    }

    /// Days with a partition, counted from today.
    private func days(_ world: ManagerWorld) async throws -> [Int] {
        let rows = try await world.store.run(
            """
            SELECT (to_date(right(c.relname, 8), 'YYYYMMDD')
                    - (now() AT TIME ZONE 'UTC')::date)::int
              FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'haproxy_logs'::regclass ORDER BY 1
            """)
        return rows.compactMap { $0.first.flatMap { $0 }.flatMap { Int($0) } }
    }

    /// A partition with one line and its batch.
    private func day(
        _ ago: Int, _ world: ManagerWorld, isMetered: Bool = true
    ) async throws {
        try await world.store.run(
            """
            SELECT haproxy_logs_make_days((now() AT TIME ZONE 'UTC')::date - \(ago),
                (now() AT TIME ZONE 'UTC')::date - \(ago));
            INSERT INTO log_batches (batch_id, source, received_at, line_count, first_at, last_at,
                metered_at)
            VALUES (\(ago), 'tcp', now() - interval '\(ago) days', 1,
                now() - interval '\(ago) days', now() - interval '\(ago) days',
                \(isMetered ? "now()" : "NULL"));
            INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, bytes_in, bytes_out)
            VALUES (now() - interval '\(ago) days', 'e', gen_random_uuid(), \(ago), 7, 0, 0)
            """)
    }

    private func use(
        _ ago: Int, _ world: ManagerWorld, customer: Int, invoiced: Int
    ) async throws {
        try await world.store.run(
            """
            INSERT INTO usage_records (hour, customer_id, service_type, tier, requests, successful,
                bytes_in, bytes_out, invoiced)
            VALUES (date_trunc('hour', (now() - interval '\(ago) days') AT TIME ZONE 'UTC')
                AT TIME ZONE 'UTC', \(customer), 'seal', 'starter', 10, 10, 0, 0, \(invoiced))
            """)
    }

    @Test("old days of the log go whole with their batches, and days are made ahead")
    func dropsDays() async throws {
        let world = try await ManagerWorld()
        for ago in [200, 92, 91, 89, 1] { try await day(ago, world) }
        try await use(92, world, customer: 7, invoiced: 10)
        // Years before Christ are named without saying so, and 45 after him had no such day.
        try await world.store.run(
            """
            CREATE TABLE haproxy_logs_00450229 PARTITION OF haproxy_logs
                FOR VALUES FROM ('0045-02-28 00:00:00+00 BC') TO ('0045-03-01 00:00:00+00 BC')
            """)
        let report = try await clean(world)
        try await world.store.run("DROP TABLE haproxy_logs_00450229")
        #expect(try await days(world) == [-89] + Array(-1...7))
        #expect(report.counts["days_dropped"] == 3)
        #expect(report.counts["days_made"] == 8)
        #expect(report.counts["batches"] == 3)
        #expect(
            try await world.store.run("SELECT batch_id FROM log_batches ORDER BY 1")
                == [["1"], ["89"]])
        #expect(try await world.store.value("SELECT count(*) FROM usage_records") == "1")
        #expect(try await clean(world).counts["days_made"] == 0)
    }

    @Test(
        "a day stays while a batch of it is not metered, its use not invoiced, its invoice unpaid"
    )
    func keepsWhatIsRestedOn() async throws {
        let world = try await ManagerWorld()
        try await day(200, world, isMetered: false)
        for ago in [190, 180, 170, 160] { try await day(ago, world) }
        try await use(190, world, customer: 7, invoiced: 9)
        try await use(180, world, customer: 8, invoiced: 10)
        try await use(170, world, customer: 9, invoiced: 10)
        try await use(160, world, customer: 9, invoiced: 10)
        try await world.brokenAccount(of: 8)
        try await world.invoice(of: 8, daysAgo: 160)
        let report = try await clean(world)
        #expect(try await days(world).filter { $0 < -1 } == [-200, -190, -180, -160])
        #expect(report.counts["days_dropped"] == 1)
        #expect(report.counts["days_kept"] == 4)
        #expect(
            try await world.store.value("SELECT count(*) FROM log_batches WHERE metered_at IS NULL")
                == "1")

        try await world.store.run(
            """
            UPDATE log_batches SET metered_at = now();
            UPDATE usage_records SET invoiced = successful;
            UPDATE billing_records SET state = 'void', ended_at = now();
            UPDATE escrow_breaks SET resolved_at = now()
            """)
        #expect(try await clean(world).counts["days_dropped"] == 4)
        #expect(try await days(world).filter { $0 < -1 }.isEmpty)
    }

    @Test("a clock that is a day ahead, or behind, takes nothing away early", arguments: [1, -1])
    func clock(days offset: Int64) async throws {
        let world = try await ManagerWorld()
        for ago in [92, 90, 89] { try await day(ago, world) }
        world.time.advance(milliseconds: offset * Self.day)
        let report = try await clean(world)
        #expect(report.counts["days_dropped"] == 1, "what both clocks call old")
        let first = Int(min(0, offset)) - 1
        #expect(try await days(world) == [-90, -89] + Array(first...(Int(max(0, offset)) + 7)))
    }

    @Test("a clock that is years off stops it before anything is made or removed")
    func wildClock() async throws {
        let world = try await ManagerWorld()
        try await day(200, world)
        for offset in [-4000, 8000] as [Int64] {
            world.time.advance(milliseconds: offset * Self.day)
            await #expect(throws: TaskFailure.self) { try await clean(world) }
        }
        #expect(try await days(world) == [-200])
    }

    @Test("rows go by their own age, and what is younger or still going on stays")
    func rows() async throws {
        let world = try await ManagerWorld()
        try await world.store.run(
            """
            INSERT INTO log_quarantine (quarantine_id, received_at, source, code, raw)
            SELECT gen_random_uuid(), now() - interval '1 day' * d, 'tcp', 'x', ''
              FROM unnest(ARRAY[89, 91]) AS d;
            INSERT INTO log_windows (edge, frontend, started_at, process, first_number, last_number,
                received, first_received_at, last_received_at, closed_at)
            SELECT 'e', 'f', now(), d, 1, 1, 1, now() - interval '1 day' * 200,
                now() - interval '1 day' * d, now() - interval '1 day' * d
              FROM unnest(ARRAY[89, 91]) AS d;
            INSERT INTO log_gaps (edge, frontend, started_at, process, first_at, last_at,
                first_number, last_number, lost, found_at)
            SELECT 'e', 'f', now(), d, now() - interval '200 days', now() - interval '1 day' * d, 1,
                1, 1, now() - interval '200 days' FROM unnest(ARRAY[89, 91]) AS d;
            INSERT INTO log_batches (source, received_at, line_count, duplicate_count, metered_at)
            SELECT 'tcp', now() - interval '1 day' * d, 0, 5, now() FROM unnest(ARRAY[89, 91]) AS d;
            INSERT INTO ingested_events (service_key_id, event_id, received_at)
            SELECT 'k', 'e' || d, now() - interval '1 day' * d FROM unnest(ARRAY[39, 41]) AS d;
            INSERT INTO worker_runs (task, generation, holder, started_at, ended_at, outcome)
            SELECT 'bill', 1, 'h', now() - interval '1 day' * d, now(), 'done'
              FROM unnest(ARRAY[29, 31]) AS d;
            INSERT INTO worker_runs (task, generation, holder, started_at, outcome)
            VALUES ('bill', 1, 'h', now() - interval '99 days', 'running');
            INSERT INTO reconciliation_breaks (mark, class, what, next_step, first_found_at,
                last_found_at, resolved_at)
            SELECT 'm' || d, 'amount', 'balance', 'look', now() - interval '999 days', now(),
                CASE d WHEN 0 THEN NULL ELSE now() - interval '1 day' * d END
              FROM unnest(ARRAY[0, 364, 366]) AS d
            """)
        let report = try await clean(world)
        for kind in AgedRows.allCases {
            #expect(report.counts[kind.rawValue] == 1, "\(kind)")
        }
        #expect(
            try await world.store.run(
                """
                SELECT (SELECT count(*) FROM log_quarantine), (SELECT count(*) FROM log_windows),
                    (SELECT count(*) FROM log_gaps), (SELECT count(*) FROM ingested_events),
                    (SELECT count(*) FROM worker_runs), (SELECT count(*) FROM reconciliation_breaks)
                """) == [["1", "1", "1", "1", "2", "2"]])
    }

    @Test("batches go with their days, around a day that stays, which is told when it is long over")
    func batchesAroundKeptDays() async throws {
        let world = try await ManagerWorld()
        for ago in [140, 125, 110] { try await day(ago, world) }
        try await use(125, world, customer: 7, invoiced: 0)
        try await world.store.run(
            """
            INSERT INTO log_batches (batch_id, source, received_at, line_count, first_at, last_at,
                metered_at)
            SELECT 1000 * f + l, 'tcp', now() - interval '100 days', 2, now() - interval '1 day' * f,
                now() - interval '1 day' * l, now()
              FROM (VALUES (130, 125), (125, 120), (130, 120), (130, 126), (124, 120)) AS b (f, l)
            """)

        let report = try await clean(world)

        #expect(
            try await world.store.run("SELECT batch_id FROM log_batches ORDER BY 1")
                == [["125"], ["125120"], ["130120"], ["130125"]])
        #expect(report.finding == "days_kept")
        #expect(report.detail?.hasPrefix("1 days of the log, the oldest from ") == true)
        try await world.store.run("UPDATE usage_records SET invoiced = successful")
        #expect(try await clean(world).finding == nil)
        #expect(try await world.store.value("SELECT count(*) FROM log_batches") == "0")
    }

    @Test("a kind of rows that cannot be removed keeps no other from it")
    func oneKindFails() async throws {
        let world = try await ManagerWorld()
        try await world.store.run(
            """
            INSERT INTO log_quarantine (quarantine_id, received_at, source, code, raw)
            VALUES (gen_random_uuid(), now() - interval '91 days', 'tcp', 'x', '');
            INSERT INTO worker_runs (task, generation, holder, started_at, ended_at, outcome)
            VALUES ('bill', 1, 'h', now() - interval '31 days', now(), 'done');
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RAISE EXCEPTION ''no''; END';
            CREATE TRIGGER fails BEFORE DELETE ON log_quarantine
                FOR EACH ROW EXECUTE FUNCTION fail()
            """)
        await #expect(throws: LeaderError.self) { try await clean(world) }
        #expect(
            try await world.store.run(
                "SELECT (SELECT count(*) FROM log_quarantine), (SELECT count(*) FROM worker_runs)")
                == [["1", "0"]])
    }

    @Test("the window of a worker that may yet write stays, however long it was quiet")
    func quietWindows() async throws {
        let world = try await ManagerWorld()
        try await world.store.run(
            """
            INSERT INTO log_windows (edge, frontend, started_at, process, first_number, last_number,
                received, first_received_at, last_received_at)
            SELECT e, f, now() - interval '1 day' * begun, 1, 0, 9, 10,
                now() - interval '1 day' * begun, now() - interval '1 day' * quiet
              FROM (VALUES ('standby', 'f', 300, 200), ('reloaded', 'f', 300, 200),
                ('reloaded', 'f', 91, 0), ('reloaded', 'g', 300, 200), ('new', 'f', 300, 200),
                ('new', 'f', 89, 89)) AS w (e, f, begun, quiet)
            """)
        try await world.store.run(
            """
            INSERT INTO log_gaps (edge, frontend, started_at, process, first_at, last_at,
                first_number, last_number, lost, found_at)
            SELECT edge, frontend, started_at, process, first_received_at, last_received_at, 0, 9,
                5, last_received_at FROM log_windows WHERE last_received_at < now() - interval '91 days'
            """)
        let report = try await clean(world)
        #expect(report.counts["windows"] == 1 && report.counts["gaps"] == 1)
        #expect(
            try await world.store.run("SELECT edge, frontend, lost FROM log_gaps ORDER BY 1, 2")
                == [["new", "f", "5"], ["reloaded", "g", "5"], ["standby", "f", "5"]],
            "what is told again as long as it is not known to have been")
        #expect(
            try await world.store.run(
                """
                SELECT edge, frontend, (now()::date - started_at::date)::text FROM log_windows
                 ORDER BY 1, 2, 3
                """)
                == [
                    ["new", "f", "300"], ["new", "f", "89"], ["reloaded", "f", "91"],
                    ["reloaded", "g", "300"], ["standby", "f", "300"],
                ])
    }

    @Test("who leads no more removes nothing")
    func deposed() async throws {
        let world = try await ManagerWorld()
        try await day(200, world)
        try await world.depose()
        await #expect(throws: LeaderError.deposed) { try await clean(world) }
        #expect(try await days(world) == [-200])
    }

    @Test("a day whose log is in use all the time is left for the next run")
    func busy() async throws {
        let world = try await ManagerWorld()
        try await day(200, world)
        _ = try await clean(world, world.keepingAll)  // The days ahead need the log for themselves.
        let (held, hold) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let other = try ManagerWorld.database(world.store.url, connections: 1)
        let reader = Task {
            try await other.transaction { transaction throws(StorageError) in
                try await transaction.execute("LOCK TABLE haproxy_logs IN ACCESS SHARE MODE")
                hold.yield()
                _ = await released.first { _ in true }
            }
        }
        _ = await held.first { _ in true }
        let report = try await clean(world)
        #expect(report.counts["days_busy"] == 1 && report.counts["days_dropped"] == 0)
        #expect(try await days(world).contains(-200))
        release.yield()
        try await reader.value
        #expect(try await clean(world).counts["days_dropped"] == 1)
    }
}
