import Determinism
import Storage

/// What of one source was stored through the table of candidates.
struct StoredSpanRow: SQLRow {
    let source: Int
    let span: StoredSpan

    init(from columns: inout SQLColumns) throws(StorageError) {
        source = try columns.next()
        let (first, last): (Int64, Int64) = (try columns.next(), try columns.next())
        let received: Int64 = try columns.next()
        span = StoredSpan(
            window: LossWindow(first: first, last: last, received: received),
            firstAt: try columns.next(), lastAt: try columns.next())
    }
}

extension BulkTransaction {
    func nextBatchID() throws(StorageError) -> Int64 {
        let row: SQLScalar<Int64>? = try first(
            "SELECT nextval(pg_get_serial_sequence('log_batches', 'batch_id'))")
        guard let row else { throw .unexpectedValue(column: "batch_id") }
        return row.value
    }

    /// Makes the days' partitions that are missing.
    func makeDays(from first: Timestamp, through last: Timestamp) throws(StorageError) {
        _ =
            try self.first(
                """
                SELECT haproxy_logs_make_days(
                    (\(first) AT TIME ZONE 'UTC')::date, (\(last) AT TIME ZONE 'UTC')::date)
                """) as SQLScalar<Int64>?
    }

    /// Days that have no partition, as days since 1970.
    func missingDays(
        from first: Timestamp, through last: Timestamp
    ) throws(StorageError) -> Set<Int64> {
        let days: [SQLScalar<Int64>] = try rows(
            """
            SELECT (day::date - date '1970-01-01')::bigint
              FROM generate_series((\(first) AT TIME ZONE 'UTC')::date::timestamp,
                (\(last) AT TIME ZONE 'UTC')::date::timestamp, interval '1 day') AS day
             WHERE to_regclass('haproxy_logs_' || to_char(day, 'YYYYMMDD')) IS NULL
            """)
        return Set(days.map(\.value))
    }

    /// Stores rows of which none may be there yet.
    func copyLines(_ rows: UnsafeRawBufferPointer) throws(StorageError) {
        try copy(
            """
            COPY haproxy_logs (at, edge, line_id, batch_id, customer_id, api_key_id, service_type,
                method, status, bytes_in, bytes_out, duration_ms) FROM STDIN (FORMAT binary)
            """, rows)
    }

    /// Stores those rows that are not there yet, each once.
    ///
    /// - Parameter rows: with the index of a source and the line's number there.
    func copyNewLines(_ rows: UnsafeRawBufferPointer) throws(StorageError) -> [StoredSpanRow] {
        // Not `LIKE haproxy_logs`, which asks for the right to read all of it.
        try execute(
            """
            CREATE TEMPORARY TABLE intake_lines (at timestamptz, edge text, line_id uuid,
                batch_id bigint, customer_id bigint, api_key_id uuid, service_type text,
                method text, status smallint, bytes_in bigint, bytes_out bigint,
                duration_ms integer, source int, number bigint) ON COMMIT DROP
            """)
        try copy(
            """
            COPY intake_lines (at, edge, line_id, batch_id, customer_id, api_key_id, service_type,
                method, status, bytes_in, bytes_out, duration_ms, source, number)
                FROM STDIN (FORMAT binary)
            """, rows)
        // In the key's order, so that two who store the same lines wait for each other and no more.
        return try self.rows(
            """
            WITH stored AS (
                INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, api_key_id,
                    service_type, method, status, bytes_in, bytes_out, duration_ms)
                SELECT at, edge, line_id, batch_id, customer_id, api_key_id, service_type, method,
                    status, bytes_in, bytes_out, duration_ms
                  FROM intake_lines ORDER BY at, edge, line_id
                ON CONFLICT DO NOTHING
                RETURNING at, edge, line_id),
            told AS (
                SELECT DISTINCT ON (at, edge, line_id) at, source, number
                  FROM stored JOIN intake_lines USING (at, edge, line_id)
                 ORDER BY at, edge, line_id)
            SELECT source, min(number), max(number), count(*), min(at), max(at)
              FROM told GROUP BY source ORDER BY source
            """)
    }

    func insertBatch(
        _ id: Int64, _ batch: LineBatch, _ outcome: StoredBatch, first: Timestamp?,
        last: Timestamp?
    ) throws(StorageError) {
        try execute(
            """
            INSERT INTO log_batches (batch_id, source, received_at, line_count, duplicate_count,
                first_at, last_at)
            VALUES (\(id), \(batch.source), \(batch.receivedAt), \(outcome.stored),
                \(outcome.duplicates), \(first), \(last))
            """)
    }

    /// All in one statement: with a clock that is wrong, whole batches are put aside.
    ///
    /// - Returns: how many were not there yet.
    func insertQuarantined(
        _ messages: [(id: [UInt8], message: RefusedMessage)], at moment: Timestamp
    ) throws(StorageError) -> Int {
        guard !messages.isEmpty else { return 0 }
        return try execute(
            """
            INSERT INTO log_quarantine (quarantine_id, received_at, source, code, detail, raw, is_cut)
            SELECT id, \(moment), source, code, detail, raw, is_cut = 1
              FROM unnest(\(messages.map { SQLUUID(bytes: $0.id) }),
                \(messages.map(\.message.source)), \(messages.map(\.message.code)),
                \(messages.map(\.message.detail)), \(messages.map(\.message.raw)),
                \(messages.map { $0.message.isCut ? 1 : 0 }))
                AS n (id, source, code, detail, raw, is_cut)
            ON CONFLICT DO NOTHING
            """)
    }
}
