import ByteCodecs
import Storage

extension PageMaker {
    /// What could not be taken as a line.
    func quarantine() async -> Page {
        Page(
            title: "Quarantine",
            lead: "What came as a line and could not be taken as one. Read again, it may be.",
            sections: [
                Self.replay,
                await table(
                    "codes", "By reason", empty: "Nothing is in quarantine.",
                    [
                        Column(id: "code", label: "Reason"),
                        Column(id: "count", label: "Lines", format: .number),
                        Column(id: "waiting", label: "Still waiting", format: .number),
                        Column(id: "newestAt", label: "Newest", format: .time),
                    ],
                    actions: [
                        PageTable.RowAction(
                            label: "Read again", action: .replayQuarantine, field: "code",
                            member: "waitingFor")
                    ],
                    """
                    SELECT code, count(*) AS count,
                        count(*) FILTER (WHERE replayed_at IS NULL) AS waiting,
                        CASE WHEN count(*) > count(replayed_at) THEN code END AS "waitingFor",
                        \(sql: .utc("max(received_at)")) AS "newestAt"
                      FROM log_quarantine GROUP BY code ORDER BY count(*) DESC LIMIT \(Self.limit)
                    """),
                await chart(
                    "byDay", "By day", unit: "lines",
                    """
                    SELECT to_char(d AT TIME ZONE 'UTC', 'MM-DD') AS label, count(q.quarantine_id) AS value
                      FROM generate_series(date_trunc('day', now()) - interval '29 days',
                          date_trunc('day', now()), interval '1 day') AS d
                      LEFT JOIN log_quarantine AS q
                        ON q.received_at >= d AND q.received_at < d + interval '1 day'
                     GROUP BY d ORDER BY d
                    """),
                await table(
                    "lines", "Newest", empty: "Nothing waits.",
                    [
                        Column(id: "receivedAt", label: "Received", format: .time),
                        Column(id: "source", label: "Source"), Column(id: "code", label: "Reason"),
                        Column(id: "detail", label: "Detail"),
                        Column(id: "start", label: "Begins with", format: .code),
                        Column(id: "id", label: "Number", format: .code),
                    ],
                    limit: Self.newest,
                    """
                    SELECT quarantine_id AS id, \(sql: .utc("received_at")) AS "receivedAt", source,
                        code, detail, encode(substring(raw FROM 1 FOR 160), 'escape') AS start
                      FROM log_quarantine WHERE replayed_at IS NULL
                     ORDER BY quarantine_id DESC LIMIT \(Self.newest)
                    """),
            ])
    }

    private static let replay = PageSection.facts(
        id: "replay", title: "Read again",
        [
            PageFact(
                id: "all", label: "By the keys and the horizon of today",
                value: "Try all that waits", href: "/actions/replay-quarantine?code=all")
        ])
}
