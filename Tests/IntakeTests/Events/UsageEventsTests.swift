import Determinism
import Identifiers
import Observability
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite struct UsageEventsTests {
    private static let lines =
        "SELECT at AT TIME ZONE 'UTC', edge, customer_id, api_key_id, service_type, method, status, "
        + "bytes_in, bytes_out, duration_ms FROM haproxy_logs ORDER BY at, line_id"
    private static let batches =
        "SELECT source, line_count, duplicate_count, first_at <= last_at, metered_at FROM "
        + "log_batches ORDER BY batch_id"

    private static let grpcBegins = IntakeWorld.moment.adding(milliseconds: -60_000)

    private let world: IntakeWorld
    private let database: Database
    private let events: UsageEvents
    private let sender = EventSender(keyID: "svc_1", name: "tokyo", edge: "edge-3")

    init() async throws {
        world = try await IntakeWorld()
        database = try Database(
            DatabaseConfiguration(
                url: world.database.url, poolSize: 8, deadlineMilliseconds: 20_000),
            logger: .disabled, metrics: MetricsRegistry())
        events = UsageEvents(
            database: database, surroundings: world.clock.surroundings, logger: .disabled,
            metrics: world.registry
        ) {
            { service, time in
                service == "seal" || service == "grpc" && time >= Self.grpcBegins
            }
        }
    }

    private func event(
        _ id: String, ago milliseconds: Int64 = 0, customer: Int64 = Int64(IntakeWorld.customer),
        service: String = "seal", bytesIn: Int64 = 82
    ) throws -> SentEvent {
        SentEvent(
            id: id,
            event: UsageEvent(
                time: IntakeWorld.moment.adding(milliseconds: -milliseconds),
                customer: try #require(CustomerID(customer)), service: service, method: "POST",
                status: 200, bytesIn: bytesIn, bytesOut: 4096, durationMilliseconds: 6))
    }

    @Test("an event becomes a line of its customer's, in a batch that waits to be metered")
    func stored() async throws {
        let outcome = try await events.take([event("a"), event("b", ago: 3_600_000)], from: sender)

        #expect(outcome == EventOutcome(accepted: 2))
        #expect(
            try await world.rows(Self.lines) == [
                "2026-11-21 06:34:13.05 edge-3 42 - seal POST 200 82 4096 6",
                "2026-11-21 07:34:13.05 edge-3 42 - seal POST 200 82 4096 6",
            ])
        #expect(try await world.rows(Self.batches) == ["http tokyo 2 0 t -"])
    }

    @Test("the same body again counts nothing, also when it has grown too old")
    func again() async throws {
        let body = try [event("a"), event("b"), event("a")]

        #expect(
            try await events.take(body, from: sender) == EventOutcome(accepted: 2, duplicates: 1))
        #expect(try await events.take(body, from: sender) == EventOutcome(duplicates: 3))
        world.clock.advance(milliseconds: 36 * 86_400_000)
        #expect(try await events.take(body, from: sender) == EventOutcome(duplicates: 3))
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["2"])
        #expect(try await world.rows(Self.batches) == ["http tokyo 2 1 t -"])
    }

    @Test("an id counts once, whatever else is said under it")
    func otherContent() async throws {
        _ = try await events.take([event("a")], from: sender)
        let outcome = try await events.take(
            [event("a", ago: 60_000, service: "grpc", bytesIn: 1)], from: sender)

        #expect(outcome == EventOutcome(duplicates: 1))
        #expect(try await world.rows("SELECT bytes_in FROM haproxy_logs") == ["82"])
    }

    @Test("what is not counted is named with its code, keeps no other, and its id stays free")
    func rejected() async throws {
        let days: Int64 = 86_400_000
        let outcome = try await events.take(
            [
                SentEvent(id: "invalid", event: nil), event("old", ago: 35 * days + 1),
                event("oldest", ago: 35 * days), event("early", ago: -300_001),
                event("earliest", ago: -300_000), event("nobody", customer: 43),
                event("nothing", service: "graphql"), event("good", service: "grpc"),
                event("before", ago: 60_001, service: "grpc"),
            ], from: sender)

        #expect(outcome.accepted == 3)
        #expect(
            outcome.rejected.map { "\($0.id) \($0.reason.rawValue)" } == [
                "invalid event_invalid", "old event_too_old", "early event_in_future",
                "nobody customer_unknown", "nothing service_unknown",
                "before service_unknown",
            ])
        let later = try [event("invalid"), event("old"), event("early"), event("nobody")]
        #expect(try await events.take(later, from: sender) == EventOutcome(accepted: 4))
        let text = world.registry.text()
        #expect(text.contains(#"sluice_ingest_events_total{outcome="customer_unknown"} 1"#))
        #expect(text.contains(#"sluice_ingest_events_total{outcome="accepted"} 7"#))
    }

    @Test("a refused event does not stand in the way of a good one of its id in the same body")
    func secondTry() async throws {
        let outcome = try await events.take(
            [SentEvent(id: "a", event: nil), event("a"), event("a")], from: sender)

        #expect(outcome.accepted == 1 && outcome.duplicates == 1 && outcome.rejected.count == 1)
    }

    @Test("an id taken under one key stands in nobody else's way, nor in that of HAProxy's lines")
    func otherKeys() async throws {
        let other = EventSender(keyID: "svc_2", name: "osaka", edge: "edge-3")
        let first = EventSender(keyID: "svc_1", name: "tokyo", edge: "edge-1")
        // HAProxy's own id for the line that is still to come, and its time.
        _ = try await events.take([event(LineText.id), event("a")], from: first)

        #expect(try await events.take([event("a")], from: other) == EventOutcome(accepted: 1))
        let line = try await world.store([LineText.with()])
        #expect(line == StoredBatch(stored: 1, duplicates: 0, quarantined: 0))
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["4"])
    }

    @Test("the same body from many at once counts once")
    func atOnce() async throws {
        let body = try (0..<200).map { try event("e-\($0)") }
        let shuffled = [body, body.reversed(), body, body.reversed(), body, body.reversed()]
        let outcomes = try await withThrowingTaskGroup(of: EventOutcome.self) { group in
            for body in shuffled { group.addTask { try await events.take(body, from: sender) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(outcomes.map(\.accepted).reduce(0, +) == 200)
        #expect(outcomes.map(\.duplicates).reduce(0, +) == 1000)
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["200"])
        #expect(try await world.rows("SELECT sum(line_count) FROM log_batches") == ["200"])
    }

    @Test("10,000 events are stored together")
    func many() async throws {
        let body = try (0..<UsageEvents.countLimit).map { try event("e-\($0)", ago: Int64($0)) }

        #expect(try await events.take(body, from: sender).accepted == 10_000)
        #expect(try await events.take(body, from: sender).duplicates == 10_000)
        #expect(try await world.rows(Self.batches) == ["http tokyo 10000 0 t -"])
    }

    @Test("what fails at the end leaves nothing behind, and may be sent again")
    func wholeOrNothing() async throws {
        try await world.database.run("ALTER TABLE log_batches RENAME TO log_batches_away")
        await #expect(throws: UsageEventError.storageUnavailable) {
            try await events.take([event("a")], from: sender)
        }
        try await world.database.run("ALTER TABLE log_batches_away RENAME TO log_batches")

        #expect(try await world.rows("SELECT count(*) FROM ingested_events") == ["0"])
        #expect(try await events.take([event("a")], from: sender) == EventOutcome(accepted: 1))
    }
}
