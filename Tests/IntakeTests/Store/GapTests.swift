import Determinism
import Observability
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite struct GapTests {
    private static let gaps =
        "SELECT edge, process, first_number, last_number, lost, is_closed FROM log_gaps ORDER BY 1, 2"

    @Test("what is missing between lines is a gap of exactly that many")
    func between() async throws {
        let world = try await IntakeWorld()

        try await world.store(NumberedLines.lines(0..<100))
        #expect(try await world.rows(Self.gaps) == [])
        try await world.store(NumberedLines.lines(137..<200))

        #expect(try await world.rows(Self.gaps) == ["edge-1 25366 0 199 37 f"])
    }

    @Test("what is missing before the first line that came is one, too")
    func before() async throws {
        let world = try await IntakeWorld()

        try await world.store(NumberedLines.lines(12..<20))

        #expect(try await world.rows(Self.gaps) == ["edge-1 25366 0 19 12 f"])
    }

    @Test("lines that come late make the gap smaller, until there is none")
    func late() async throws {
        let world = try await IntakeWorld()
        try await world.store(NumberedLines.lines(0..<10))
        try await world.store(NumberedLines.lines(30..<40))

        try await world.store(NumberedLines.lines(10..<15))
        #expect(try await world.rows(Self.gaps) == ["edge-1 25366 0 39 15 f"])
        try await world.store(NumberedLines.lines(10..<30))

        #expect(try await world.rows(Self.gaps) == [])
    }

    @Test("a gap lies where its lines are missing, and what is found on another day stands apart")
    func when() async throws {
        let world = try await IntakeWorld()
        let day = 86_400
        var clock = 0
        func store(_ numbers: Range<Int>, at seconds: Int) async throws {
            world.clock.advance(milliseconds: Int64(seconds - clock) * 1000)
            clock = seconds
            let time = IntakeWorld.moment.adding(seconds: Int64(seconds))
            try await world.store(numbers.map { NumberedLines.line($0, time: time) })
        }
        func gaps() async throws -> [String] {
            try await world.rows(
                """
                SELECT (extract(epoch FROM first_at) - 1795246453.050)::int,
                    (extract(epoch FROM last_at) - 1795246453.050)::int,
                    (extract(epoch FROM found_at) - 1795246453.050)::int, lost
                  FROM log_gaps ORDER BY found_at
                """)
        }
        try await store(0..<10, at: 0)
        try await store(110..<120, at: 300)
        try await store(120..<130, at: 600)
        #expect(try await gaps() == ["0 300 300 100"])

        try await store(2130..<2140, at: 30 * day)
        try await store(2140..<2150, at: 30 * day + 60)
        #expect(try await gaps() == ["0 300 300 100", "600 2592000 2592000 2000"])
        let database = try Database(
            DatabaseConfiguration(
                url: world.database.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled,
            metrics: MetricsRegistry())
        defer { database.close() }
        let week = IntakeWorld.moment.adding(seconds: Int64(23 * day))
        #expect(try await database.lostLines(foundSince: week) == 2000)
        #expect(try await database.lostLines(foundSince: IntakeWorld.moment) == 2100)

        try await store(130..<630, at: 30 * day + 120)
        #expect(try await gaps() == ["0 300 300 100", "600 2592000 2592000 1500"])
        try await store(630..<2130, at: 30 * day + 180)
        try await store(10..<20, at: 30 * day + 240)
        #expect(try await gaps() == ["0 300 300 90"])
    }

    @Test("what is missing among lines that come together lies between these")
    func within() async throws {
        let world = try await IntakeWorld()
        let times: [Int64] = [5, 7, 9]
        try await world.store(
            zip([0, 1, 12], times).map { number, seconds in
                NumberedLines.line(number, time: IntakeWorld.moment.adding(seconds: seconds))
            })
        #expect(
            try await world.rows(
                """
                SELECT (extract(epoch FROM first_at) - 1795246453.050)::int,
                    (extract(epoch FROM last_at) - 1795246453.050)::int, lost FROM log_gaps
                """) == ["5 9 10"])
    }

    @Test("each worker has a window of its own, in whatever order their lines come")
    func workers() async throws {
        let world = try await IntakeWorld()

        try await world.store(
            (0..<20).flatMap { number in
                [
                    NumberedLines.line(number, edge: "a"), NumberedLines.line(number, edge: "b"),
                    NumberedLines.line(number * 2, edge: "c"),
                ]
            })

        #expect(try await world.rows(Self.gaps) == ["c 25366 0 38 19 f"])
    }

    @Test("HAProxy's own total tells what was lost at the very end")
    func total() async throws {
        let world = try await IntakeWorld()
        try await world.store(NumberedLines.lines(0..<10))
        let source = LineSource(
            edge: "edge-1", frontend: "seal",
            start: HAProxyStart(microseconds: 1_795_246_453_000_000, process: 25_366))

        try await close(source, total: 25, in: world)
        #expect(try await world.rows(Self.gaps) == ["edge-1 25366 0 9 15 t"])
        // A line that was on its way all the same.
        try await world.store(NumberedLines.lines([24]))

        #expect(try await world.rows(Self.gaps) == ["edge-1 25366 0 24 14 t"])
        #expect(
            try await world.rows("SELECT total, closed_at IS NOT NULL FROM log_windows")
                == ["25 t"])
    }

    @Test("the answers of the runtime socket are read, and nothing else is")
    func answers() {
        let information = "Name: HAProxy\nProcess_num: 1\nPid: 3151\nUptime: 0d\n"
        let variable = "proc.start: type=sint value=<1795255988301733>\n"
        let table = """
            # pxname,svname,scur,req_tot,end
            rates,BACKEND,0,9,
            seal,FRONTEND,0,17,
            """

        let totals = HAProxyTotals(information: information, variable: variable, table: table)

        #expect(
            totals?.start == HAProxyStart(microseconds: 1_795_255_988_301_733, process: 3151))
        #expect(totals?.requests == ["seal": 17])
        #expect(HAProxyTotals(information: "", variable: variable, table: table) == nil)
        #expect(HAProxyTotals(information: information, variable: "none", table: table) == nil)
        #expect(HAProxyTotals(information: information, variable: variable, table: "x") == nil)
    }

    private func close(_ source: LineSource, total: Int64, in world: IntakeWorld) async throws {
        try await offThreadTransaction(world) { transaction throws(StorageError) in
            try transaction.close(source, total: total, at: IntakeWorld.moment)
        }
    }
}
