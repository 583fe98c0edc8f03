public import Determinism
public import Storage

extension StatementRunner {
    /// How many lines were found missing since then, and have not come yet.
    public func lostLines(foundSince moment: Timestamp) async throws(StorageError) -> Int64 {
        let row: SQLScalar<Int64>? = try await first(
            """
            SELECT coalesce(sum(lost), 0)::bigint FROM log_gaps WHERE found_at >= \(moment)
            """)
        return row?.value ?? 0
    }
}

/// What is missing of a source, by the day on which that was found. Whoever asks has the source's
/// window locked.
extension BulkTransaction {
    /// Notes how much is missing now: more than was known is found today, and what came late is taken
    /// from what was found last.
    ///
    /// - Parameters:
    ///   - first: what is missing and was not known was written after it.
    ///   - last: and before it.
    func tellGap(
        _ lost: Int64, of window: LossWindow, _ source: LineSource, from first: Timestamp,
        to last: Timestamp, at now: Timestamp
    ) throws(StorageError) {
        let known: SQLScalar<Int64>? = try self.first(
            """
            SELECT coalesce(sum(lost), 0)::bigint FROM log_gaps
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
            """)
        let more = lost - (known?.value ?? 0)
        if more > 0 {
            try addGap(more, of: window, source, from: first, to: last, at: now)
        } else if more < 0 {
            try fillGaps(-more, of: window, source)
        }
    }

    private func addGap(
        _ lost: Int64, of window: LossWindow, _ source: LineSource, from first: Timestamp,
        to last: Timestamp, at now: Timestamp
    ) throws(StorageError) {
        try execute(
            """
            INSERT INTO log_gaps AS gap (edge, frontend, started_at, process, first_at, last_at,
                first_number, last_number, lost, found_at)
            VALUES (\(source.edge), \(source.frontend), \(source.startedAt),
                \(source.start.process), \(first), \(last), \(window.first), \(window.last),
                \(lost), \(now))
            ON CONFLICT (edge, frontend, started_at, process, found_on) DO UPDATE
                SET first_at = least(gap.first_at, excluded.first_at),
                    last_at = greatest(gap.last_at, excluded.last_at),
                    first_number = excluded.first_number, last_number = excluded.last_number,
                    lost = gap.lost + excluded.lost, found_at = excluded.found_at
            """)
    }

    private func fillGaps(
        _ count: Int64, of window: LossWindow, _ source: LineSource
    ) throws(StorageError) {
        try execute(
            """
            WITH later AS (
                SELECT found_on, coalesce(sum(lost) OVER (ORDER BY found_on DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS lost
                  FROM log_gaps
                 WHERE edge = \(source.edge) AND frontend = \(source.frontend)
                   AND started_at = \(source.startedAt) AND process = \(source.start.process))
            UPDATE log_gaps AS gap
               SET lost = greatest(0, gap.lost - (\(count) - later.lost)),
                   first_number = \(window.first), last_number = \(window.last)
              FROM later
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
               AND gap.found_on = later.found_on AND later.lost < \(count)
            """)
        try execute(
            """
            DELETE FROM log_gaps
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
               AND lost = 0
            """)
    }

    /// No line of the source comes any more, unless one is on its way.
    func closeGaps(of source: LineSource) throws(StorageError) {
        try execute(
            """
            UPDATE log_gaps SET is_closed = true
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
            """)
    }
}
