import Determinism
import Storage
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
