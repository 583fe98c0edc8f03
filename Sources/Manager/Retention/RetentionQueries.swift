import Determinism
import Storage

/// How long a change of the log's partitions waits for those who read and write it, and holds up
/// those who come after: rather it is tried again in the next run.
private let lockMilliseconds = "2000"

struct DayRow: SQLRow {
    var day: Day

    init(from columns: inout SQLColumns) throws(StorageError) {
        day = Day(try columns.next(as: Timestamp.self))
    }
}

extension Database {
    func serverTime() async throws(StorageError) -> Timestamp? {
        try await value("SELECT clock_timestamp()")
    }
}

extension StatementRunner {
    /// Days that have a partition, the oldest first. A table whose name is like that of a day, and no
    /// date, is passed by: asked for its date, the database would refuse all of them.
    func logDays(before limit: Day) async throws(StorageError) -> [Day] {
        let found: [DayRow] = try await rows(
            """
            SELECT day FROM (
                SELECT c.relname AS name, CASE WHEN c.relname
                        ~ '^haproxy_logs_[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$'
                    THEN to_date(substr(c.relname, 14, 6) || '01', 'YYYYMMDD')
                        + (right(c.relname, 2)::int - 1) END AS date
                  FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                 WHERE i.inhparent = 'haproxy_logs'::regclass) AS named,
                LATERAL (SELECT date::timestamp AT TIME ZONE 'UTC' AS day) AS days
             WHERE name = 'haproxy_logs_' || to_char(date, 'YYYYMMDD')
               AND day < \(limit.start) ORDER BY day
            """)
        return found.map(\.day)
    }
}

extension Transaction {
    /// - Returns: how many were missing.
    func makeLogDays(_ first: Day, _ last: Day) async throws(StorageError) -> Int64 {
        try await execute("SELECT set_config('lock_timeout', \(lockMilliseconds), true)")
        return try await value(
            """
            SELECT haproxy_logs_make_days((\(first.start) AT TIME ZONE 'UTC')::date,
                (\(last.start) AT TIME ZONE 'UTC')::date)
            """) ?? 0
    }

    /// Whether anything that is not settled rests on the lines of a day.
    func isRestedOn(_ day: Day) async throws(StorageError) -> Bool {
        let (start, end) = (day.start, day.adding(1).start)
        return try await value(
            """
            SELECT EXISTS (
                SELECT FROM log_batches
                 WHERE metered_at IS NULL AND first_at < \(end) AND last_at >= \(start))
            OR EXISTS (
                SELECT FROM usage_records
                 WHERE hour >= \(start) AND hour < \(end) AND successful > invoiced)
            OR EXISTS (
                SELECT FROM billing_records AS r
                  JOIN billing_line_parts AS p ON p.invoice_id = r.invoice_id
                 WHERE r.state IN ('open', 'closed', 'charging', 'past_due')
                   AND p.hour >= \(start) AND p.hour < \(end))
            OR EXISTS (
                SELECT FROM usage_records AS u
                  JOIN customers AS c ON c.customer_id = u.customer_id
                  JOIN escrow_accounts AS a ON a.owner = c.wallet_address
                  JOIN escrow_breaks AS b ON b.account_id = a.account_id
                 WHERE u.hour >= \(start) AND u.hour < \(end) AND b.resolved_at IS NULL)
            """) ?? true
    }

    /// Until the transaction ends nobody reads or writes the log.
    func lockLog() async throws(StorageError) {
        try await execute("SELECT set_config('lock_timeout', \(lockMilliseconds), true)")
        try await execute("LOCK TABLE haproxy_logs IN ACCESS EXCLUSIVE MODE")
    }

    func dropLogDay(_ day: Day) async throws(StorageError) {
        try await execute(
            "SELECT haproxy_logs_drop_day((\(day.start) AT TIME ZONE 'UTC')::date)")
    }

    /// - Returns: how many rows went.
    func remove(
        _ kind: AgedRows, before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        switch kind {
        case .emptyBatches: try await removeEmptyBatches(before: moment, limit: limit)
        case .quarantine:
            try await execute(
                """
                DELETE FROM log_quarantine WHERE quarantine_id IN (
                    SELECT quarantine_id FROM log_quarantine
                     WHERE received_at < \(moment) LIMIT \(limit))
                """)
        case .windows: try await removeWindows(before: moment, limit: limit)
        case .gaps: try await removeGaps(before: moment, limit: limit)
        case .events:
            try await execute(
                """
                DELETE FROM ingested_events WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM ingested_events WHERE received_at < \(moment) LIMIT \(limit)))
                """)
        case .runs:
            try await execute(
                """
                DELETE FROM worker_runs WHERE run_id IN (
                    SELECT run_id FROM worker_runs
                     WHERE started_at < \(moment) AND outcome <> 'running' LIMIT \(limit))
                """)
        case .breaks:
            try await execute(
                """
                DELETE FROM reconciliation_breaks WHERE break_id IN (
                    SELECT break_id FROM reconciliation_breaks
                     WHERE resolved_at < \(moment) LIMIT \(limit))
                """)
        }
    }

    /// Metered batches whose lines lie whole in a span, and so are gone with its days.
    func removeBatches(
        within span: Range<Timestamp>, before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM log_batches WHERE batch_id IN (
                SELECT batch_id FROM log_batches
                 WHERE metered_at IS NOT NULL AND received_at < \(moment)
                   AND first_at >= \(span.lowerBound) AND first_at < \(span.upperBound)
                   AND last_at < \(span.upperBound)
                 ORDER BY first_at LIMIT \(limit))
            """)
    }

    /// Batches of which no line was new.
    private func removeEmptyBatches(
        before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM log_batches WHERE batch_id IN (
                SELECT batch_id FROM log_batches
                 WHERE metered_at IS NOT NULL AND first_at IS NULL AND received_at < \(moment)
                 ORDER BY received_at LIMIT \(limit))
            """)
    }

    /// Those that are closed, or whose frontend has long been running anew. One that is open and
    /// quiet is of a worker that may yet write: its next line would be told as a gap from its start.
    private func removeWindows(
        before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM log_windows WHERE ctid = ANY(ARRAY(
                SELECT w.ctid FROM log_windows AS w
                 WHERE w.last_received_at < \(moment)
                   AND (w.closed_at < \(moment) OR EXISTS (
                       SELECT FROM log_windows AS later
                        WHERE later.edge = w.edge AND later.frontend = w.frontend
                          AND later.started_at > w.started_at
                          AND later.first_received_at < \(moment)))
                 LIMIT \(limit)))
            """)
    }

    /// Not while their window is there: by both together the next batch knows what was told already.
    private func removeGaps(
        before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM log_gaps WHERE ctid = ANY(ARRAY(
                SELECT g.ctid FROM log_gaps AS g
                 WHERE g.found_at < \(moment) AND g.last_at < \(moment) AND NOT EXISTS (
                     SELECT FROM log_windows AS w
                      WHERE w.edge = g.edge AND w.frontend = g.frontend
                        AND w.started_at = g.started_at AND w.process = g.process)
                 LIMIT \(limit)))
            """)
    }
}
