import Determinism
import Storage

/// A batch of lines that is claimed by the transaction that read it.
struct ClaimedBatchRow: SQLRow {
    var id: Int64
    var receivedAt: Timestamp
    var lineCount: Int64
    /// Nil for a batch without lines.
    var firstAt: Timestamp?
    var lastAt: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
        receivedAt = try columns.next()
        lineCount = try columns.next()
        firstAt = try columns.next()
        lastAt = try columns.next()
    }
}

/// What waits to be metered.
struct UnmeteredRow: SQLRow {
    var batches: Int64
    var lines: Int64
    var oldest: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        batches = try columns.next()
        lines = try columns.next()
        oldest = try columns.next()
    }
}

struct NameRow: SQLRow {
    var name: String

    init(from columns: inout SQLColumns) throws(StorageError) { name = try columns.next() }
}

extension Database {
    func unmetered() async throws(StorageError) -> UnmeteredRow? {
        try await first(
            """
            SELECT count(*), coalesce(sum(line_count), 0)::bigint, min(received_at)
              FROM log_batches WHERE metered_at IS NULL
            """)
    }

    /// Tells the block range indexes of these days of the pages that they do not know yet: each of
    /// those would be read for every claim.
    func summarizeLines(_ span: LineSpan) async throws(StorageError) {
        try await execute(
            """
            SELECT brin_summarize_new_values(x.indexrelid)
              FROM pg_inherits AS h
              JOIN pg_index AS x ON x.indrelid = h.inhrelid
              JOIN pg_class AS c ON c.oid = x.indexrelid
              JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'brin'
              JOIN pg_class AS d ON d.oid = h.inhrelid
             WHERE h.inhparent = 'haproxy_logs'::regclass AND d.relname BETWEEN
                'haproxy_logs_' || to_char(\(span.first) AT TIME ZONE 'UTC', 'YYYYMMDD')
                AND 'haproxy_logs_' || to_char(\(span.last) AT TIME ZONE 'UTC', 'YYYYMMDD')
            """)
    }
}

extension Transaction {
    /// The oldest with such numbers that nobody else is at work on.
    func claimBatches(
        _ numbers: ClosedRange<Int64>, limit: Int
    ) async throws(StorageError) -> [ClaimedBatchRow] {
        try await rows(
            """
            SELECT batch_id, received_at, line_count, first_at, last_at FROM log_batches
             WHERE metered_at IS NULL
               AND batch_id BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)
             ORDER BY batch_id LIMIT \(limit) FOR UPDATE SKIP LOCKED
            """)
    }

    /// Sums of the claimed batches' lines, in a table that ends with the transaction: made apart
    /// from what is written, so that the server may use all its processors for it.
    ///
    /// The bounds are whole days: they name the partitions, and are no reason to read the index of
    /// lines besides that of batches.
    func sumLines(_ claim: LineClaim) async throws(StorageError) {
        try await execute(
            """
            SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
                set_config('enable_sort', 'off', true)
            """)
        var ours: SQL = ""
        if !claim.missing.isEmpty { ours = "AND l.batch_id <> ALL(\(claim.missing))" }
        try await execute(
            """
            CREATE TEMPORARY TABLE metered_sums ON COMMIT DROP AS
            SELECT date_bin('1 hour', l.at, 'epoch') AS hour, l.customer_id, l.service_type,
                count(*) AS requests,
                count(*) FILTER (WHERE l.status BETWEEN 200 AND 399) AS successful,
                sum(l.bytes_in)::bigint AS bytes_in, sum(l.bytes_out)::bigint AS bytes_out
              FROM haproxy_logs AS l
             WHERE l.batch_id BETWEEN \(claim.first) AND \(claim.last) \(sql: ours)
               AND l.at >= \(claim.span.firstDay) AND l.at < \(claim.span.dayAfter)
             GROUP BY 1, 2, 3
            """)
        // Without it each customer would be looked for among all sums, to have them in order.
        try await execute("SELECT set_config('enable_sort', 'on', true)")
    }

    /// Adds the sums, under the tier of their hour, and says whose use has grown. Customers and
    /// hours are taken in the order in which all take them who lock several.
    ///
    /// - Parameter since: when the oldest of the lines came in.
    func addSums(cameIn since: Timestamp) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO billing_accounts AS b (customer_id, used_from, is_stale, stale_since)
            SELECT s.customer_id, s.first_hour, true, \(since)
              FROM (SELECT customer_id, min(hour) AS first_hour FROM metered_sums
                     WHERE service_type IS NOT NULL AND successful > 0
                     GROUP BY customer_id) AS s
              JOIN customers AS c USING (customer_id)
             ORDER BY s.customer_id
            ON CONFLICT ON CONSTRAINT billing_accounts_pkey DO UPDATE
               SET is_stale = true,
                   stale_since = CASE WHEN b.is_stale THEN b.stale_since
                       ELSE excluded.stale_since END,
                   used_from = least(b.used_from, excluded.used_from)
            """)
        try await execute(
            """
            INSERT INTO usage_records AS u (hour, customer_id, service_type, tier, requests,
                successful, bytes_in, bytes_out)
            SELECT s.hour, s.customer_id, s.service_type, \(sql: Self.tierOfHour), s.requests,
                s.successful, s.bytes_in, s.bytes_out
              FROM metered_sums AS s
             WHERE s.customer_id IS NOT NULL AND s.service_type IS NOT NULL
             ORDER BY 1, 2, 3, 4
            ON CONFLICT ON CONSTRAINT usage_records_pkey DO UPDATE
               SET requests = u.requests + excluded.requests,
                   successful = u.successful + excluded.successful,
                   bytes_in = u.bytes_in + excluded.bytes_in,
                   bytes_out = u.bytes_out + excluded.bytes_out
            """)
    }

    func markMetered(_ ids: [Int64], at now: Timestamp) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE log_batches SET metered_at = \(now)
             WHERE batch_id = ANY(\(ids)) AND metered_at IS NULL
            """)
    }

    /// The tier in force when the hour `s.hour` began, or the first that begins within it: it never
    /// changes afterwards, so late lines find the price that the others had.
    private static let tierOfHour: SQL = """
        coalesce(
            (SELECT p.tier FROM service_tier_periods AS p
              WHERE p.customer_id = s.customer_id AND p.service_type = s.service_type
                AND p.starts_at <= s.hour
              ORDER BY p.starts_at DESC LIMIT 1),
            (SELECT p.tier FROM service_tier_periods AS p
              WHERE p.customer_id = s.customer_id AND p.service_type = s.service_type
                AND p.starts_at > s.hour AND p.starts_at < s.hour + interval '1 hour'
              ORDER BY p.starts_at LIMIT 1),
            'starter')
        """
}
