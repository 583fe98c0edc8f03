import Authentication
import ByteCodecs
import Intake

extension UsageEventCalls {
    static let description = RouteDescription(
        "POST", "/v1/ingest/usage-events", "ingestUsageEvents", .intake,
        "Tell of requests that were served",
        """
        For an edge without the log that `sluice intake` reads. 200 says that what was accepted is \
        stored for good and will be billed. An id counts once for a key, whatever else is sent \
        under it, so a call whose answer was lost is safe to send again: what counted then is a \
        duplicate now, and no Idempotency-Key is needed. One event that is not counted keeps no other from it: it is named in \
        `rejected`, and its id is not used up. `event_invalid`: a member has another type or is \
        out of bounds. `event_too_old`: more than 35 days back. `event_in_future`: more than 5 \
        minutes ahead. `customer_unknown`: nobody of ours. `service_unknown`: nothing that was \
        sold then.
        """,
        answers: [.json(200, outcome, "All that was accepted is stored.")]
    ).with {
        $0.credential = .service(.ingest)
        $0.bodyLimits = BodyLimits(
            bytes: 4 << 20, json: JSONLimits(depth: 8, values: 16 * UsageEvents.countLimit))
        $0.body = .required(
            .object([
                .init(
                    "edge", .text(.edge),
                    "The key's edge, or its name where it has none.", example: "edge-1"),
                .init(
                    "events", .list(event, atMost: UsageEvents.countLimit),
                    "At most 10,000, in 4 MiB.",
                    example: [
                        [
                            "id": "0198c8f0-1", "timestamp": "2026-11-21T09:30:00.000Z",
                            "customerId": 42, "serviceType": "seal", "method": "POST",
                            "statusCode": 200, "bytesIn": 512, "bytesOut": 4096, "durationMs": 12,
                        ]
                    ]),
            ]))
        $0.problems = [.edgeMismatch]
    }

    /// Beyond its id nothing of an event is held to a shape here: what is wrong with one is said of
    /// that one.
    private static let event = Schema.named(
        "UsageEvent",
        .object([
            .init(
                "id", .text(.eventID), "Yours; counts once for the key. 1 to 128 visible ASCII."),
            .init("timestamp", .anything, "When it was answered: RFC 3339 in UTC."),
            .init("customerId", .anything, "Whose request it was: a number."),
            .init("serviceType", .anything, "`seal`, `grpc` or `graphql`."),
            .init("method", .anything, "HTTP's word, 1 to 16 characters."),
            .init("statusCode", .anything, "100 to 599; 2xx and 3xx are billed."),
            .init("bytesIn", .anything, "Of the request, from 0."),
            .init("bytesOut", .anything, "Of the answer, from 0."),
            .init("durationMs", .anything, "Milliseconds, from 0."),
        ]))

    private static let outcome = Schema.named(
        "IngestedEvents",
        .object([
            .init(
                "accepted", .integer(0...Int64(UsageEvents.countLimit)), "Stored now."),
            .init(
                "duplicates", .integer(0...Int64(UsageEvents.countLimit)),
                "Of ids that have counted, in this body or before."),
            .init(
                "rejected",
                .list(
                    .object([
                        .init("id", .text(.eventID), "The event's."),
                        .init(
                            "code", .choice(EventRefusal.allCases.map(\.rawValue)),
                            "Why it is not counted."),
                    ]), atMost: UsageEvents.countLimit), "Not counted, in the body's order."),
        ]))
}
