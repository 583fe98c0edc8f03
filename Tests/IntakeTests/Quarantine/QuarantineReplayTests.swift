import Determinism
import Identifiers
import Observability
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite struct QuarantineReplayTests {
    private static let newKey = String(repeating: "e", count: 64)

    private let world: IntakeWorld

    init() async throws { world = try await IntakeWorld() }

    private func replay(_ filter: QuarantineFilter = QuarantineFilter()) async throws
        -> ReplayOutcome
    {
        try await offThread {
            let target = try BulkTarget(
                DatabaseConfiguration(
                    url: world.database.url, poolSize: 1, deadlineMilliseconds: 20_000))
            let replay = QuarantineReplay(
                target, metrics: MetricsRegistry(), surroundings: world.clock.surroundings,
                logger: .disabled)
            defer { replay.close() }
            return try replay.run(filter)
        }
    }

    private func addKey() async throws {
        try await world.addKey(Self.newKey, id: "00000000-0000-4000-8000-000000000002")
    }

    private func waiting() async throws -> [String] {
        try await world.rows(
            "SELECT code, count(*) FROM log_quarantine WHERE replayed_at IS NULL "
                + "GROUP BY code ORDER BY code")
    }

    @Test("a key that is known by now makes lines of what was put aside, once for ever")
    func keys() async throws {
        try await world.store((0..<4).map { NumberedLines.line($0, key: Self.newKey) })
        #expect(try await replay() == .counting(tried: 4, refused: ["api_key_unknown": 4]))
        #expect(try await waiting() == ["api_key_unknown 4"])

        try await addKey()
        #expect(try await replay() == .counting(tried: 4, stored: 4))
        #expect(try await replay() == .counting())
        try await world.database.run("UPDATE log_quarantine SET replayed_at = NULL")
        #expect(try await replay() == .counting(tried: 4, duplicates: 4))
        #expect(
            try await world.rows(
                "SELECT (SELECT count(*) FROM haproxy_logs), (SELECT sum(line_count) FROM log_batches)"
            ) == ["4 4"])
        #expect(try await waiting().isEmpty)
    }

    @Test("a line that came again by another way, and was taken, is not counted twice")
    func elsewhere() async throws {
        try await world.store([NumberedLines.line(0, key: Self.newKey)])
        try await addKey()
        try await world.store([NumberedLines.line(0, key: Self.newKey)])

        #expect(try await replay() == .counting(tried: 1, duplicates: 1))
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["1"])
    }

    @Test("what is no line, or no longer counts, or was a stranger's, stays where it is")
    func refused() async throws {
        let late = IntakeWorld.moment.adding(milliseconds: 600_000)
        try await world.store([
            Array("rubbish".utf8), LineText.with(.bytesIn, "-1"),
            NumberedLines.line(1, time: Timestamp(milliseconds: 0)),
            NumberedLines.line(2, time: late),
            NumberedLines.line(3) + Array(repeating: UInt8(ascii: " "), count: 9000),
        ])
        try await world.store([
            world.batch([NumberedLines.line(4), NumberedLines.line(5, time: late)], edge: "edge-2")
        ])
        world.clock.advance(milliseconds: 600_000)

        #expect(
            try await replay()
                == .counting(
                    tried: 7, stored: 1,
                    refused: [
                        "line_not_an_object": 1, "field_negative": 1, "event_too_old": 1,
                        "line_too_long": 1, "edge_mismatch": 2,
                    ]))
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["1"])
        #expect(try await waiting().count == 5)
    }

    @Test("only what the filter means is tried")
    func filter() async throws {
        try await world.store([
            NumberedLines.line(0, key: Self.newKey), NumberedLines.line(1, key: Self.newKey),
            Array("rubbish".utf8),
        ])
        world.clock.advance(milliseconds: 60_000)
        try await world.store([NumberedLines.line(2, key: Self.newKey)])
        try await addKey()
        let id = try #require(
            try await world.database.value(
                "SELECT quarantine_id FROM log_quarantine WHERE code = 'api_key_unknown' LIMIT 1"))

        #expect(
            try await replay(QuarantineFilter(code: "line_not_an_object"))
                == .counting(tried: 1, refused: ["line_not_an_object": 1]))
        let since = QuarantineFilter(since: IntakeWorld.moment.adding(milliseconds: 1))
        #expect(try await replay(since) == .counting(tried: 1, stored: 1))
        #expect(
            try await replay(QuarantineFilter(id: UUIDv7(id))) == .counting(tried: 1, stored: 1))
        #expect(
            try await replay(QuarantineFilter(code: "api_key_unknown"))
                == .counting(tried: 1, stored: 1))
    }

    @Test("more than a page is tried to the end, and what is lost becomes what was received")
    func pages() async throws {
        let world = try await IntakeWorld(budget: QuarantineBudget(perKind: 5000, total: 5000))
        try await world.store([NumberedLines.line(0)])
        try await world.store((1...1200).map { NumberedLines.line($0, key: Self.newKey) })
        try await world.store([NumberedLines.line(1201)])
        #expect(try await world.rows("SELECT lost FROM log_gaps") == ["1200"])
        try await world.addKey(Self.newKey, id: "00000000-0000-4000-8000-000000000002")

        let target = try BulkTarget(
            DatabaseConfiguration(
                url: world.database.url, poolSize: 1, deadlineMilliseconds: 20_000))
        let outcome = try await offThread {
            try QuarantineReplay(
                target, metrics: MetricsRegistry(), surroundings: world.clock.surroundings,
                logger: .disabled
            ).run(QuarantineFilter())
        }
        #expect(outcome == .counting(tried: 1200, stored: 1200))
        #expect(try await world.rows("SELECT coalesce(sum(lost), 0) FROM log_gaps") == ["0"])
    }

    @Test("the list shows the newest first, with counts of all; what was replayed only when asked")
    func list() async throws {
        try await world.store([Array("rubbish".utf8), Array("more\u{7}".utf8)])
        world.clock.advance(milliseconds: 1000)
        try await world.store([NumberedLines.line(0, key: Self.newKey)])
        let database = try Database(
            DatabaseConfiguration(url: world.database.url, deadlineMilliseconds: 60_000),
            logger: .disabled,
            metrics: MetricsRegistry())
        defer { database.close() }

        let newest = try await database.quarantined(QuarantineFilter(), limit: 1)
        #expect(newest.map(\.code) == ["api_key_unknown"])
        #expect(newest.first?.raw == NumberedLines.line(0, key: Self.newKey))
        let counts = try await database.quarantineCounts(QuarantineFilter())
        #expect(
            counts.map { "\($0.code) \($0.count)" } == [
                "api_key_unknown 1", "line_not_an_object 2",
            ])

        try await addKey()
        _ = try await replay()
        #expect(
            try await database.quarantined(QuarantineFilter(), limit: 10).map(\.code)
                == ["line_not_an_object", "line_not_an_object"])
        var all = QuarantineFilter()
        all.includesReplayed = true
        #expect(try await database.quarantined(all, limit: 10).count == 3)
    }
}

extension ReplayOutcome {
    fileprivate static func counting(
        tried: Int = 0, stored: Int = 0, duplicates: Int = 0, refused: [String: Int] = [:]
    ) -> ReplayOutcome {
        var outcome = ReplayOutcome()
        (outcome.tried, outcome.stored, outcome.duplicates) = (tried, stored, duplicates)
        outcome.refused = refused
        return outcome
    }
}
