public import Determinism
import Identifiers
public import Observability
public import Storage

/// Tries again what was put aside: by the keys and the horizon of today. What passes is stored as
/// any line is, once for ever, also where this ends before it is done and is begun again. Used by
/// one thread at a time.
public final class QuarantineReplay {
    private static let pageCount = 500

    private let connection: BulkConnection
    private let store: LineStore
    private let deadlineMilliseconds: Int64
    private let horizon = AcceptHorizon.standard
    private let surroundings: Surroundings

    public init(
        _ target: BulkTarget, metrics registry: MetricsRegistry, surroundings: Surroundings,
        logger: Logger
    ) {
        connection = BulkConnection(target, logger: logger, metrics: registry, pool: "replay")
        store = LineStore(
            target,
            budget: QuarantineBudget(
                perKind: .max, total: .max, lines: .max, linesOfDay: .max),
            metrics: IntakeMetrics(registry), registry: registry, surroundings: surroundings,
            logger: logger)
        deadlineMilliseconds = target.configuration.deadlineMilliseconds
        self.surroundings = surroundings
    }

    /// Tries all that the filter means and that waits.
    ///
    /// - Throws: ``StorageError``; what was stored until then stays, and is marked or found again.
    public func run(_ filter: QuarantineFilter) throws(StorageError) -> ReplayOutcome {
        var filter = filter
        filter.includesReplayed = false
        var outcome = ReplayOutcome()
        var last = SQLUUID(bytes: [UInt8](repeating: 0, count: 16))
        while true {
            let page = try transaction { transaction throws(StorageError) in
                try transaction.waitingMessages(filter, after: last, limit: Self.pageCount)
            }
            guard let end = page.last else { return outcome }
            last = SQLUUID(bytes: end.id.bytes)
            try replay(page, into: &outcome)
        }
    }

    /// Ends the connections.
    public func close() {
        connection.close()
        store.close()
    }

    private func replay(
        _ page: [QuarantinedMessage], into outcome: inout ReplayOutcome
    ) throws(StorageError) {
        let now = surroundings.now()
        var passing: [(message: QuarantinedMessage, line: RequestLine)] = []
        for message in page {
            outcome.tried += 1
            do throws(ReplayRefusal) {
                passing.append((message, try read(message, at: now)))
            } catch {
                outcome.refused[error.code, default: 0] += 1
            }
        }
        let keys = Set(passing.filter(\.line.isSuccessful).compactMap(\.line.key))
        let known = try transaction { transaction throws(StorageError) in
            Set(try transaction.owners(of: Array(keys)).map(\.0))
        }
        let isKnown = { (line: RequestLine) in
            !line.isSuccessful || (line.key.map(known.contains) ?? true)
        }
        let unknown = passing.count { !isKnown($0.line) }
        if unknown > 0 {
            outcome.refused[QuarantineReason.apiKeyUnknown.code, default: 0] += unknown
        }
        try storeLines(passing.filter { isKnown($0.line) }, at: now, into: &outcome)
    }

    /// What was refused for who sent it, or was cut, is not made good by time.
    private func read(
        _ message: QuarantinedMessage, at now: Timestamp
    ) throws(ReplayRefusal) -> RequestLine {
        guard !message.isCut, message.code != QuarantineReason.edgeMismatch(claimed: "").code else {
            throw ReplayRefusal(code: message.code)
        }
        do throws(LineRefusal) {
            let line = try RequestLine(parsing: message.raw)
            try horizon.admit(line.time, now: now)
            return line
        } catch {
            throw ReplayRefusal(code: error.code)
        }
    }

    /// Stores first and marks then: what is not marked is tried again, and is a duplicate.
    private func storeLines(
        _ passing: [(message: QuarantinedMessage, line: RequestLine)], at now: Timestamp,
        into outcome: inout ReplayOutcome
    ) throws(StorageError) {
        guard !passing.isEmpty else { return }
        var chunk = LineChunk()
        for (message, line) in passing {
            message.raw.withUnsafeBufferPointer { chunk.append(line, $0) }
        }
        var batch = LineBatch(source: "quarantine", surroundings)
        batch.append(chunk)
        let stored = try store.store(batch, mayBeStored: true)
        outcome.stored += stored.stored
        outcome.duplicates += stored.duplicates
        outcome.putAsideAgain += stored.quarantined
        try transaction { transaction throws(StorageError) in
            try transaction.markReplayed(passing.map(\.message.id), at: now)
        }
    }

    private func transaction<Value>(
        _ body: (borrowing BulkTransaction) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        try connection.transaction(until: .after(milliseconds: deadlineMilliseconds), body)
    }
}

private struct ReplayRefusal: Error {
    let code: String
}
