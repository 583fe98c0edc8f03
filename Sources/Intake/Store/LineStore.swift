public import Determinism
public import Observability
public import Storage

/// Puts batches into the database, each line once for ever. Used by one thread at a time.
///
/// Lines go in by one COPY. Where one of them is there already, the batch goes through a table of
/// candidates instead, which tells exactly what was new.
public final class LineStore {
    /// Beyond this many losses against others the batch waits, as if the database were away.
    private static let attemptLimit = 6
    /// What `haproxy_logs_make_days` says to days far from today: `datetime_field_overflow`.
    private static let daysRefused = "22008"

    private let connection: BulkConnection
    private let deadlineMilliseconds: Int64
    private let budget: QuarantineBudget
    private let metrics: IntakeMetrics
    private let surroundings: Surroundings
    private let logger: Logger
    /// Called once a batch's lines are in, before it says so where others look: the batch before it
    /// may still be stored by somebody else.
    var awaitTurn: (LineBatch) -> Void = { _ in }
    private var directory = KeyDirectory()
    private var use = KeyUse()
    /// The day up to which partitions were made, in days since 1970.
    private var preparedDay: Int64?

    public init(
        _ target: BulkTarget, budget: QuarantineBudget, metrics: IntakeMetrics,
        registry: MetricsRegistry, surroundings: Surroundings, logger: Logger
    ) {
        connection = BulkConnection(target, logger: logger, metrics: registry, pool: "intake")
        deadlineMilliseconds = target.configuration.deadlineMilliseconds
        self.budget = budget
        self.metrics = metrics
        self.surroundings = surroundings
        self.logger = logger
    }

    private var deadline: Deadline { .after(milliseconds: deadlineMilliseconds) }

    /// Stores a batch whole.
    ///
    /// - Parameter mayBeStored: an earlier attempt's outcome is not known.
    /// - Throws: ``StorageError``; then ask again with the same batch. Parts of it may be stored.
    @discardableResult
    public func store(
        _ batch: LineBatch, mayBeStored: Bool = false
    ) throws(StorageError) -> StoredBatch {
        let started = Deadline.now
        try prepareDays()
        try learnKeys(of: batch)
        let now = surroundings.now()
        let resolved = ResolvedBatch(batch, directory) { [budget, metrics] reason in
            metrics.refused(reason.code)
            let isKept = budget.take(source: batch.source, reason, at: now)
            if !isKept { metrics.unsampled.increment() }
            return isKept
        }
        let outcome = try store(
            resolved, 0..<batch.lineCount, withRefused: true, isCopied: !mayBeStored)
        touchKeys(resolved)
        metrics.stored.increment(by: Int64(outcome.stored))
        metrics.duplicates.increment(by: Int64(outcome.duplicates))
        metrics.quarantined.increment(by: Int64(outcome.quarantined))
        metrics.batches.increment()
        metrics.storeTime.observe(nanoseconds: started.elapsedNanoseconds)
        return outcome
    }

    /// Ends the connection.
    public func close() { connection.close() }

    // MARK: - Before the lines

    /// Once a day: partitions for all days that a line may be of.
    private func prepareDays() throws(StorageError) {
        let now = surroundings.now()
        let day = now.seconds / 86_400
        guard preparedDay != day else { return }
        try makeDays(
            from: Self.oldest(at: now),
            through: now.adding(milliseconds: 2 * 86_400_000))
        preparedDay = day
    }

    private func makeDays(
        from first: Timestamp, through last: Timestamp
    ) throws(StorageError) {
        do throws(StorageError) {
            try connection.transaction(until: deadline) { transaction throws(StorageError) in
                try transaction.makeDays(from: first, through: last)
            }
        } catch .rejected(Self.daysRefused) {
            // Lines of days that there are go in, and the others are put aside.
            logger.error(
                "the database makes no days so far from its own: which clock is wrong?",
                ("from", .text(first.rfc3339)), ("through", .text(last.rfc3339)))
        }
    }

    private func learnKeys(of batch: LineBatch) throws(StorageError) {
        let now = surroundings.now()
        let missing = directory.missing(in: batch, at: now)
        guard !missing.isEmpty else { return }
        let found = try connection.transaction(until: deadline) {
            transaction throws(StorageError) in try transaction.owners(of: missing)
        }
        directory.learn(found, of: missing, at: now)
    }

    // MARK: - The lines

    /// Tries until it is clear: by COPY, through the candidates, with days that were missing, and
    /// at last in halves, so that one line that cannot be stored keeps no other from it.
    private func store(
        _ batch: ResolvedBatch, _ range: Range<Int>, withRefused: Bool, isCopied: Bool
    ) throws(StorageError) -> StoredBatch {
        var batch = batch
        var isCopied = isCopied
        var hasMadeDays = false
        for _ in 0..<Self.attemptLimit {
            do {
                return try attempt(batch, range, withRefused: withRefused, isCopied: isCopied)
            } catch {
                switch Self.remedy(for: error) {
                case .throughCandidates: isCopied = false
                case .daysOrHalves where !hasMadeDays && Self.mayLackDays(error):
                    try makeDays(of: &batch, range)
                    hasMadeDays = true
                case .daysOrHalves:
                    guard range.count > 1 else {
                        guard let place = range.first else { throw .unavailable }
                        batch.quarantine(place, .notStorable(sqlState: Self.code(of: error)))
                        continue
                    }
                    return try storeHalves(batch, range, withRefused: withRefused)
                case .none: throw error
                }
            }
        }
        throw .unavailable
    }

    private func storeHalves(
        _ batch: ResolvedBatch, _ range: Range<Int>, withRefused: Bool
    ) throws(StorageError) -> StoredBatch {
        let middle = range.lowerBound + range.count / 2
        var outcome = try store(
            batch, range.lowerBound..<middle, withRefused: withRefused, isCopied: false)
        outcome.add(
            try store(batch, middle..<range.upperBound, withRefused: false, isCopied: false))
        return outcome
    }

    private enum Remedy {
        case throughCandidates, daysOrHalves
    }

    private static func remedy(for error: StorageError) -> Remedy? {
        switch error {
        case .constraintViolated(_, .unique), .serialization: .throughCandidates
        case .constraintViolated: .daysOrHalves
        // What is wrong with a value; all else is wrong with the database.
        case .rejected(let sqlState) where sqlState.hasPrefix("22"): .daysOrHalves
        case .rejected, .unavailable, .connectionLost, .unexpectedValue: nil
        }
    }

    /// A row without a partition is refused as if by a check, which then has no name.
    private static func mayLackDays(_ error: StorageError) -> Bool {
        if case .constraintViolated("", .check) = error { true } else { false }
    }

    private static func code(of error: StorageError) -> String {
        switch error {
        case .rejected(let sqlState): sqlState
        case .constraintViolated(let name, let kind): name.isEmpty ? kind.rawValue : name
        case .unavailable, .connectionLost, .serialization, .unexpectedValue: ""
        }
    }

    /// Makes the days that are missing and that a line may be of. What is older came from the spool,
    /// and its day went with all that told whether the line was stored before: it is put aside.
    private func makeDays(
        of batch: inout ResolvedBatch, _ range: Range<Int>
    ) throws(StorageError) {
        var span: (first: Timestamp, last: Timestamp)?
        batch.forEachStored(in: range) { line, _ in
            let known = span ?? (line.time, line.time)
            span = (min(known.first, line.time), max(known.last, line.time))
        }
        guard let span else { return }
        let oldest = Self.oldest(at: surroundings.now())
        if span.last >= oldest {
            try makeDays(from: max(span.first, oldest), through: span.last)
        }
        guard span.first < oldest else { return }
        let gone = try connection.transaction(until: deadline) {
            transaction throws(StorageError) in
            try transaction.missingDays(from: span.first, through: min(span.last, oldest))
        }
        batch.quarantineStored(in: range, .dayGone) { gone.contains($0.time.seconds / 86_400) }
    }

    private static func oldest(at now: Timestamp) -> Timestamp {
        now.adding(milliseconds: -AcceptHorizon.standard.pastMilliseconds)
    }

    private func attempt(
        _ batch: ResolvedBatch, _ range: Range<Int>, withRefused: Bool, isCopied: Bool
    ) throws(StorageError) -> StoredBatch {
        let part = BatchPart(batch, range)
        let now = surroundings.now()
        return try connection.transaction(until: deadline) { transaction throws(StorageError) in
            let id = try transaction.nextBatchID()
            let spans = try part.store(as: id, in: transaction, isCopied: isCopied)
            var outcome = StoredBatch()
            outcome.stored = spans.values.reduce(0) { $0 + Int($1.window.received) }
            outcome.duplicates = part.count - outcome.stored
            outcome.quarantined = try transaction.insertQuarantined(
                batch.putAside(in: range, withRefused: withRefused), at: batch.batch.receivedAt)
            guard part.count > 0 else { return outcome }
            try transaction.insertBatch(
                id, batch.batch, outcome, first: spans.values.map(\.firstAt).min(),
                last: spans.values.map(\.lastAt).max())
            awaitTurn(batch.batch)
            // Last, since others wait for these rows until the commit; and in one order for all.
            for (source, span) in spans.sorted(by: { $0.key < $1.key }) {
                metrics.lost.set(try transaction.add(span, to: source, at: now))
            }
            return outcome
        }
    }

    // MARK: - After them

    /// When keys were used to last is good to know and no more: what fails is tried with the next
    /// batch.
    private func touchKeys(_ batch: ResolvedBatch) {
        let due = use.due(batch.uses)
        guard !due.isEmpty else { return }
        do throws(StorageError) {
            try connection.transaction(until: deadline) { transaction throws(StorageError) in
                try transaction.touch(due)
            }
            use.note(due)
        } catch {
            logger.warning("last use of keys not written", ("reason", .text("\(error)")))
        }
    }
}
