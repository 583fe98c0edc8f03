import Determinism
import Storage

/// Lines of a batch on their way into the table: all of them, or a half of a half.
struct BatchPart {
    /// Of lines that are to be stored.
    let count: Int
    private let batch: ResolvedBatch
    private let range: Range<Int>
    /// As if all of it were new.
    private let spans: [LineSource: StoredSpan]

    init(_ batch: ResolvedBatch, _ range: Range<Int>) {
        self.batch = batch
        self.range = range
        var spans = SpanGatherer()
        batch.forEachStored(in: range) { line, _ in spans.add(line) }
        self.spans = spans.spans
        count = spans.count
    }

    /// - Parameter isCopied: by COPY alone, which fails where a line is there already.
    /// - Returns: what was stored now, of each source.
    func store(
        as id: Int64, in transaction: borrowing BulkTransaction, isCopied: Bool
    ) throws(StorageError) -> [LineSource: StoredSpan] {
        guard count > 0 else { return [:] }
        if !isCopied { return try storeNew(as: id, in: transaction) }
        let (batch, range) = (batch, range)
        try CopyRows.withRows(id, capacity: count) { rows in
            batch.forEachStored(in: range) { rows.append($0, of: $1) }
        } _: { bytes throws(StorageError) in
            try transaction.copyLines(bytes)
        }
        return spans
    }

    private func storeNew(
        as id: Int64, in transaction: borrowing BulkTransaction
    ) throws(StorageError) -> [LineSource: StoredSpan] {
        let sources = spans.keys.sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(sources, sources.indices))
        let (batch, range, spans) = (batch, range, spans)
        let rows = try CopyRows.withRows(id, capacity: count) { rows in
            batch.forEachStored(in: range) { line, owner in
                let source = LineSource(of: line)
                guard let place = places[source], let span = spans[source] else { return }
                rows.append(
                    line, of: owner, source: Int32(clamping: place),
                    number: span.window.unwrapped(line.number))
            }
        } _: { bytes throws(StorageError) in
            try transaction.copyNewLines(bytes)
        }
        return Dictionary(uniqueKeysWithValues: rows.map { (sources[$0.source], $0.span) })
    }
}

/// Adds lines to the spans of their sources; lines of one source mostly follow each other.
private struct SpanGatherer {
    private(set) var count = 0
    private var gathered: [LineSource: StoredSpan] = [:]
    private var current: (source: LineSource, span: StoredSpan)?

    mutating func add(_ line: RequestLine) {
        count += 1
        if let source = current?.source, source.start == line.start,
            source.frontend == line.frontend, source.edge == line.edge
        {
            current?.span.add(line)
            return
        }
        let source = LineSource(of: line)
        if let current { gathered[current.source] = current.span }
        if var span = gathered[source] {
            span.add(line)
            current = (source, span)
        } else {
            current = (
                source,
                StoredSpan(
                    window: LossWindow(beginningWith: line.number), firstAt: line.time,
                    lastAt: line.time)
            )
        }
    }

    var spans: [LineSource: StoredSpan] {
        var all = gathered
        if let current { all[current.source] = current.span }
        return all
    }
}
