import ByteCodecs
import Storage

extension PageMaker {
    /// What came in, what is not summed up yet, and what is missing.
    func metering() async -> Page {
        Page(
            title: "Metering", lead: "Lines of HAProxy's log on their way to the sums of use.",
            sections: [
                await facts(
                    "unmetered", "Not metered yet",
                    [
                        ("batches", "Batches", .number), ("lines", "Lines", .number),
                        ("oldestAt", "Oldest", .time), ("age", "Waits", .duration),
                    ],
                    """
                    SELECT count(*) AS batches, coalesce(sum(line_count), 0)::bigint AS lines,
                        \(sql: .utc("min(received_at)")) AS "oldestAt",
                        \(sql: .milliseconds("clock_timestamp() - min(received_at)")) AS age
                      FROM log_batches WHERE metered_at IS NULL
                    """),
                await chart(
                    "linesByHour", "Lines received, by hour", unit: "lines",
                    """
                    SELECT to_char(h AT TIME ZONE 'UTC', 'MM-DD HH24:00') AS label,
                        coalesce(sum(b.line_count), 0)::bigint AS value
                      FROM generate_series(date_trunc('hour', now()) - interval '47 hours',
                          date_trunc('hour', now()), interval '1 hour') AS h
                      LEFT JOIN log_batches AS b
                        ON b.received_at >= h AND b.received_at < h + interval '1 hour'
                     GROUP BY h ORDER BY h
                    """),
                await table(
                    "batches", "Oldest batches not metered", empty: "All are metered.",
                    [
                        Column(id: "id", label: "Batch"), Column(id: "source", label: "Source"),
                        Column(id: "receivedAt", label: "Received", format: .time),
                        Column(id: "lines", label: "Lines", format: .number),
                        Column(id: "firstAt", label: "From", format: .time),
                        Column(id: "lastAt", label: "To", format: .time),
                    ],
                    limit: Self.newest,
                    """
                    SELECT batch_id AS id, source, \(sql: .utc("received_at")) AS "receivedAt",
                        line_count AS lines, \(sql: .utc("first_at")) AS "firstAt",
                        \(sql: .utc("last_at")) AS "lastAt"
                      FROM log_batches WHERE metered_at IS NULL ORDER BY batch_id LIMIT \(Self.newest)
                    """),
                await gaps(),
            ])
    }

    private func gaps() async -> PageSection {
        await table(
            "gaps", "Gaps", note: "Lines that HAProxy wrote and that never came.",
            empty: "No line is missing.",
            [
                Column(id: "edge", label: "Edge"), Column(id: "frontend", label: "Frontend"),
                Column(id: "lost", label: "Lines lost", format: .number),
                Column(id: "firstAt", label: "From", format: .time),
                Column(id: "lastAt", label: "To", format: .time),
                Column(id: "foundAt", label: "Found", format: .time),
                Column(id: "isClosed", label: "Final", format: .state),
            ],
            """
            SELECT edge, frontend, lost, \(sql: .utc("first_at")) AS "firstAt",
                \(sql: .utc("last_at")) AS "lastAt", \(sql: .utc("found_at")) AS "foundAt",
                is_closed AS "isClosed"
              FROM log_gaps WHERE lost > 0 ORDER BY found_at DESC LIMIT \(Self.limit)
            """)
    }
}
