import Determinism

/// The times between which lines lie, both included.
struct LineSpan: Hashable, Sendable {
    private static let day: Int64 = 86_400_000

    var first: Timestamp
    var last: Timestamp

    /// Midnight before the first.
    var firstDay: Timestamp { Self.midnight(before: first) }

    /// Midnight after the last.
    var dayAfter: Timestamp { Self.midnight(before: last).adding(milliseconds: Self.day) }

    private static func midnight(before time: Timestamp) -> Timestamp {
        let rest = time.milliseconds % day
        return time.adding(milliseconds: -(rest < 0 ? rest + day : rest))
    }
}

/// Which lines are to be summed: those of batches from one number to another, but for the missing.
///
/// A range is found by looking at two numbers for each line; a list would be searched for each. The
/// missing are all numbers that are not claimed, whether or not there is such a batch: one that
/// commits a moment later is no part of this.
struct LineClaim: Hashable, Sendable {
    let first: Int64
    let last: Int64
    let missing: [Int64]
    let span: LineSpan

    /// Takes batches, in the order of their numbers, up to so many lines, and one at least.
    ///
    /// - Parameter lineLimit: how many lines one transaction sums.
    /// - Returns: the numbers of those taken; without a claim where they hold no lines.
    static func make(
        of batches: [ClaimedBatchRow], lineLimit: Int64 = .max, reachLimit: Int64 = 100_000
    ) -> (ids: [Int64], claim: LineClaim?) {
        var ids: [Int64] = []
        var lines: Int64 = 0
        var span: LineSpan?
        for batch in batches {
            let isFirst = ids.isEmpty
            guard isFirst || batch.lineCount <= lineLimit - lines,
                batch.id - (ids.first ?? batch.id) < reachLimit
            else { break }
            ids.append(batch.id)
            lines += batch.lineCount
            guard let first = batch.firstAt, let last = batch.lastAt else { continue }
            span = LineSpan(
                first: min(first, span?.first ?? first), last: max(last, span?.last ?? last))
        }
        guard let span, let first = ids.first, let last = ids.last else { return (ids, nil) }
        let taken = Set(ids)
        let missing = (first...last).filter { !taken.contains($0) }
        return (ids, LineClaim(first: first, last: last, missing: missing, span: span))
    }

    /// The numbers of the first so many claims that these batches make.
    static func parts(
        of batches: [ClaimedBatchRow], count: Int, lineLimit: Int64
    ) -> [ClosedRange<Int64>] {
        var rest = batches[...]
        var parts: [ClosedRange<Int64>] = []
        while parts.count < count {
            let ids = make(of: Array(rest), lineLimit: lineLimit).ids
            guard let first = ids.first, let last = ids.last else { break }
            parts.append(first...last)
            rest = rest.dropFirst(ids.count)
        }
        return parts
    }
}
