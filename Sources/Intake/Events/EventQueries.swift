import Determinism
import Identifiers
import Storage

/// What was stored of the events of one call.
struct StoredEventsRow: SQLRow {
    let count: Int
    let first: Timestamp?
    let last: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        count = try columns.next()
        first = try columns.next()
        last = try columns.next()
    }
}

extension Transaction {
    /// Those of the ids that have counted, whatever they said.
    func countedEvents(
        _ ids: [String], of sender: EventSender
    ) async throws(StorageError) -> Set<String> {
        let rows: [SQLScalar<String>] = try await rows(
            """
            SELECT event_id FROM ingested_events
             WHERE service_key_id = \(sender.keyID) AND event_id = ANY(\(ids))
            """)
        return Set(rows.map(\.value))
    }

    func existingCustomers(_ numbers: [Int64]) async throws(StorageError) -> Set<Int64> {
        let rows: [SQLScalar<Int64>] = try await rows(
            "SELECT customer_id FROM customers WHERE customer_id = ANY(\(numbers))")
        return Set(rows.map(\.value))
    }

    func nextBatchID() async throws(StorageError) -> Int64 {
        let row: SQLScalar<Int64>? = try await first(
            "SELECT nextval(pg_get_serial_sequence('log_batches', 'batch_id'))")
        guard let row else { throw .unexpectedValue(column: "batch_id") }
        return row.value
    }

    /// Takes the ids, and stores the events of those that nobody took meanwhile.
    ///
    /// Ids are taken in their order, so that two who send the same wait for each other and no more.
    func storeEvents(
        _ events: [(id: String, event: UsageEvent)], of sender: EventSender, as batch: Int64,
        at now: Timestamp
    ) async throws(StorageError) -> StoredEventsRow {
        let contents = events.map(\.event)
        let row: StoredEventsRow? = try await first(
            """
            WITH sent AS (
                SELECT event_id, line_id, customer_id, service_type, method, status, bytes_in,
                    bytes_out, duration_ms,
                    'epoch'::timestamptz + milliseconds * interval '1 millisecond' AS at
                  FROM unnest(\(events.map(\.id)),
                    \(events.map { SQLUUID(bytes: sender.lineID(of: $0.id)) }),
                    \(contents.map(\.time.milliseconds)), \(contents.map(\.customer.number)),
                    \(contents.map(\.service)), \(contents.map(\.method)),
                    \(contents.map(\.status)), \(contents.map(\.bytesIn)),
                    \(contents.map(\.bytesOut)), \(contents.map(\.durationMilliseconds)))
                    AS sent (event_id, line_id, milliseconds, customer_id, service_type, method,
                        status, bytes_in, bytes_out, duration_ms)),
            taken AS (
                INSERT INTO ingested_events (service_key_id, event_id, received_at)
                SELECT \(sender.keyID), event_id, \(now) FROM sent ORDER BY event_id
                ON CONFLICT DO NOTHING RETURNING event_id),
            stored AS (
                INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, service_type,
                    method, status, bytes_in, bytes_out, duration_ms)
                SELECT at, \(sender.edge), line_id, \(batch), customer_id, service_type, method,
                    status, bytes_in, bytes_out, duration_ms
                  FROM sent JOIN taken USING (event_id) ORDER BY at, line_id
                ON CONFLICT DO NOTHING RETURNING at)
            SELECT count(*), min(at), max(at) FROM stored
            """)
        guard let row else { throw .unexpectedValue(column: "count") }
        return row
    }

    func insertEventBatch(
        _ id: Int64, of sender: EventSender, _ stored: StoredEventsRow, duplicates: Int,
        at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO log_batches (batch_id, source, received_at, line_count, duplicate_count,
                first_at, last_at)
            VALUES (\(id), \(sender.source), \(now), \(stored.count), \(duplicates),
                \(stored.first), \(stored.last))
            """)
    }
}

extension Database {
    /// Makes the days' partitions that are missing.
    func makeDays(from first: Timestamp, through last: Timestamp) async throws(StorageError) {
        try await execute(
            """
            SELECT haproxy_logs_make_days(
                (\(first) AT TIME ZONE 'UTC')::date, (\(last) AT TIME ZONE 'UTC')::date)
            """)
    }
}
