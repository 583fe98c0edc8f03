import Determinism
import Storage

/// A moment in microseconds since 1970, as HAProxy tells when it started.
struct SQLMicroseconds: SQLEncodable, SQLDecodable {
    /// 2000-01-01T00:00:00Z, from which PostgreSQL counts.
    private static let epoch: Int64 = 946_684_800_000_000

    let value: Int64

    init(_ value: Int64) { self.value = value }

    static var sqlType: SQLType { .timestamptz }

    var sqlValue: SQLValue {
        SQLValue(
            type: .timestamptz,
            bytes: withUnsafeBytes(of: (value - Self.epoch).bigEndian) { Array($0) })
    }

    init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .timestamptz, bytes.count == 8 else { return nil }
        let stored = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        let (value, isTooLarge) = stored.addingReportingOverflow(Self.epoch)
        guard !isTooLarge else { return nil }
        self.value = value
    }
}

/// A row of `log_windows`.
struct WindowRow: SQLRow {
    let window: LossWindow
    let total: Int64?
    /// Time of the youngest line; nil before there is one.
    let lastAt: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        let (first, last): (Int64, Int64) = (try columns.next(), try columns.next())
        window = LossWindow(first: first, last: last, received: try columns.next())
        total = try columns.next()
        lastAt = try columns.next()
    }

    /// HAProxy's total is as old as the question: lines with higher numbers may have come since.
    var lost: Int64 {
        guard let total else { return window.lost }
        return window.lost(ofTotal: max(total, window.last + 1))
    }
}

extension BulkTransaction {
    /// Adds what was stored to the window of its source, and tells the gap in it anew.
    ///
    /// - Returns: how many lines are missing now.
    func add(
        _ span: StoredSpan, to source: LineSource, at now: Timestamp
    ) throws(StorageError) -> Int64 {
        var row = try lockedWindow(source)
        if row == nil {
            try insert(Self.beginning(with: span.window), of: source, at: now)
            row = try lockedWindow(source)
        }
        guard let known = row else { throw .unexpectedValue(column: "first_number") }
        var window = known.window
        window.merge(span.window)
        try execute(
            """
            UPDATE log_windows SET first_number = \(window.first), last_number = \(window.last),
                   received = \(window.received), last_received_at = \(now),
                   last_line_at = greatest(last_line_at, \(span.lastAt))
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
            """)
        let lost = WindowRow(window, known.total).lost
        // Before the first of these lines, among them, or both.
        let isBefore = lost - known.lost > span.window.lost
        let from = isBefore ? known.lastAt ?? source.beganAt : span.firstAt
        try tellGap(
            lost, of: window, source, from: min(from, span.firstAt),
            to: span.window.lost > 0 ? span.lastAt : span.firstAt, at: now)
        return lost
    }

    /// A worker's first line has number 0, so that lines lost before the first that came are seen;
    /// unless numbers have gone so far that they may have begun anew.
    private static func beginning(with window: LossWindow) -> LossWindow {
        window.first < 1 << 31
            ? .fromStart : LossWindow(first: window.first, last: window.first - 1, received: 0)
    }

    func lockedWindow(_ source: LineSource) throws(StorageError) -> WindowRow? {
        try first(
            """
            SELECT first_number, last_number, received, total, last_line_at FROM log_windows
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
               FOR UPDATE
            """)
    }

    private func insert(
        _ window: LossWindow, of source: LineSource, at now: Timestamp
    ) throws(StorageError) {
        try execute(
            """
            INSERT INTO log_windows (edge, frontend, started_at, process, first_number, last_number,
                received, first_received_at, last_received_at)
            VALUES (\(source.edge), \(source.frontend), \(source.startedAt),
                \(source.start.process), \(window.first), \(window.last), \(window.received),
                \(now), \(now))
            ON CONFLICT DO NOTHING
            """)
    }

    /// Sources of an edge whose windows are open and to which nothing was added of late.
    func openWindows(
        of edge: String, quietSince moment: Timestamp
    ) throws(StorageError) -> [LineSource] {
        let rows: [OpenWindowRow] = try self.rows(
            """
            SELECT edge, frontend, started_at, process FROM log_windows
             WHERE closed_at IS NULL AND edge = \(edge) AND last_received_at < \(moment)
             ORDER BY edge, frontend, started_at, process
            """)
        return rows.map(\.source)
    }

    /// Notes that a source has ended, and what it had counted.
    ///
    /// - Parameter total: nil where nobody knows; the gap is then what lies between its lines.
    func close(
        _ source: LineSource, total: Int64?, at now: Timestamp
    ) throws(StorageError) {
        guard let known = try lockedWindow(source) else { return }
        try execute(
            """
            UPDATE log_windows SET total = \(total), closed_at = \(now)
             WHERE edge = \(source.edge) AND frontend = \(source.frontend)
               AND started_at = \(source.startedAt) AND process = \(source.start.process)
            """)
        try tellGap(
            WindowRow(known.window, total).lost, of: known.window, source,
            from: known.lastAt ?? source.beganAt, to: now, at: now)
        try closeGaps(of: source)
    }
}

/// Which source a window is of.
struct OpenWindowRow: SQLRow {
    let source: LineSource

    init(from columns: inout SQLColumns) throws(StorageError) {
        let (edge, frontend): (String, String) = (try columns.next(), try columns.next())
        let started: SQLMicroseconds = try columns.next()
        source = LineSource(
            edge: edge, frontend: frontend,
            start: HAProxyStart(microseconds: started.value, process: try columns.next()))
    }
}

extension WindowRow {
    init(_ window: LossWindow, _ total: Int64?) {
        self.window = window
        self.total = total
        lastAt = nil
    }
}

extension LineSource {
    var startedAt: SQLMicroseconds { SQLMicroseconds(start.microseconds) }
    var beganAt: Timestamp { Timestamp(milliseconds: start.microseconds / 1000) }
}
