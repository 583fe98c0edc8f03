import Determinism
import Observability
import Testing

@testable import Intake

@Suite struct QuarantineTests {
    private static let codes =
        "SELECT code, count(*), max(octet_length(raw)), bool_or(is_cut) FROM log_quarantine "
        + "GROUP BY code ORDER BY code"

    @Test("what is no line is kept with its code, and the lines around it are stored")
    func hostile() async throws {
        let world = try await IntakeWorld()
        let old = Timestamp(milliseconds: 0)
        let far = Timestamp(milliseconds: 4_102_444_800_000)

        let outcome = try await world.store([
            NumberedLines.line(0), [], [0, 1, 2], [0xFF, 0xFE], Array("hello".utf8),
            Array(repeating: UInt8(ascii: "["), count: 2000),
            Array(repeating: UInt8(ascii: "x"), count: 20_000),
            LineText.with(.bytesIn, "-1"), LineText.with(.bytesIn, "\"82\""),
            LineText.with(.key, "{\"a\":{\"b\":1}}"), NumberedLines.line(1, time: old),
            NumberedLines.line(2, time: far), NumberedLines.line(3),
        ])

        #expect(outcome == StoredBatch(stored: 2, duplicates: 0, quarantined: 11))
        let kept = try await world.rows(Self.codes)
        #expect(
            kept == [
                "event_in_future 1 \(NumberedLines.line(2, time: far).count) f",
                "event_too_old 1 \(NumberedLines.line(1, time: old).count) f",
                "field_negative 1 \(LineText.with(.bytesIn, "-1").count) f",
                "field_wrong_type 2 \(LineText.with(.bytesIn, "\"82\"").count) f",
                "line_empty 1 0 f", "line_invalid_utf8 1 2 f", "line_not_an_object 2 2000 f",
                "line_nul_byte 1 3 f", "line_too_long 1 8192 t",
            ])
    }

    @Test("of a flood of rubbish so much is kept a minute; all of it is counted")
    func flood() async throws {
        let world = try await IntakeWorld(budget: QuarantineBudget(perKind: 10, total: 25))
        let rubbish = Array(repeating: Array("rubbish".utf8), count: 500)

        #expect(try await world.store(rubbish).quarantined == 10)
        #expect(try await world.store(rubbish).quarantined == 0)
        let invented = (0..<30).map { _ in LineText.with(.bytesIn, "-1") }
        #expect(try await world.store(invented).quarantined == 10)
        world.clock.advance(milliseconds: 60_000)
        #expect(try await world.store(rubbish).quarantined == 10)

        let text = world.registry.text()
        #expect(text.contains(#"sluice_intake_refused_total{code="line_not_an_object"} 1500"#))
        #expect(text.contains("sluice_intake_quarantine_unsampled_total 1500"))
    }

    @Test("lines that may count one day are kept beside a flood, and bounded by themselves")
    func linesInFlood() async throws {
        let world = try await IntakeWorld(
            budget: QuarantineBudget(perKind: 10, total: 10, lines: 70))
        let rubbish = Array(repeating: Array("rubbish".utf8), count: 100)
        let early = world.clock.surroundings.now().adding(milliseconds: 6 * 60_000)
        let nobodys = String(repeating: "e", count: 64)
        let lines =
            (0..<30).map { NumberedLines.line($0, time: early) }
            + (30..<60).map { NumberedLines.line($0, key: nobodys) }

        #expect(try await world.store(rubbish + lines).quarantined == 70)
        #expect(
            try await world.store((60..<80).map { NumberedLines.line($0, key: nobodys) })
                .quarantined == 10)
        #expect(world.registry.text().contains("sluice_intake_quarantine_unsampled_total 100\n"))
    }

    @Test("lines of other years are samples, and of those that may count there is a measure a day")
    func linesOfDay() async throws {
        let world = try await IntakeWorld(
            budget: QuarantineBudget(perKind: 10, total: 25, linesOfDay: 50))
        let now = world.clock.surroundings.now()
        func lines(_ numbers: Range<Int>, daysAhead: Int64) -> [[UInt8]] {
            let time = now.adding(seconds: daysAhead * 86_400)
            return numbers.map { NumberedLines.line($0, time: time) }
        }

        #expect(try await world.store(lines(0..<40, daysAhead: 36)).quarantined == 10)
        #expect(try await world.store(lines(40..<80, daysAhead: 34)).quarantined == 40)
        world.clock.advance(milliseconds: 60_000)
        #expect(try await world.store(lines(80..<120, daysAhead: 34)).quarantined == 10)
        world.clock.advance(milliseconds: 86_400_000)
        #expect(try await world.store(lines(120..<160, daysAhead: 34)).quarantined == 40)
        #expect(
            try await world.rows("SELECT DISTINCT code FROM log_quarantine") == ["event_in_future"])
    }

    @Test("a sender that is known to be one edge cannot speak for another")
    func spoofed() async throws {
        let world = try await IntakeWorld()
        let batch = world.batch(
            [NumberedLines.line(0), NumberedLines.line(1, edge: "edge-2")], edge: "edge-2")

        let outcome = try await world.store([batch])[0]

        #expect(outcome == StoredBatch(stored: 1, duplicates: 0, quarantined: 1))
        #expect(
            try await world.rows("SELECT code, detail, source FROM log_quarantine")
                == ["edge_mismatch edge_mismatch: edge-1 test edge-2"])
    }

    @Test("a batch that is stored again puts nothing aside twice")
    func again() async throws {
        let world = try await IntakeWorld()
        let nobodys = String(repeating: "e", count: 64)
        let batch = world.batch([
            NumberedLines.line(0), Array("rubbish".utf8), NumberedLines.line(1, key: nobodys),
        ])

        let outcomes = try await world.store([batch, batch])

        #expect(outcomes.map(\.quarantined) == [2, 0])
        #expect(try await world.rows("SELECT count(*) FROM log_quarantine") == ["2"])
    }
}
