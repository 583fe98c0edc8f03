public import Determinism
public import Observability
public import Storage

/// Adds stored lines to the sums by hour: each batch once, in the transaction that marks it.
///
/// Any number may be at work beside each other: a batch is claimed by its row's lock. A stop at any
/// moment leaves a batch as it was, or summed and marked.
public struct Meter: Sendable {
    /// What one transaction takes: some seconds of work at most.
    public struct Limits: Sendable {
        public var batches = 5000
        public var lines: Int64 = 2_000_000
        /// From how many lines on metering counts as behind, and indexes are seen to first.
        public var behind: Int64 = 250_000
        /// Transactions beside each other then: each keeps one of the server's processors busy.
        public var beside = 2
        /// What a run takes at most; what is left waits for the next.
        public var runMilliseconds: Int64 = 10_000

        public init() {}
    }

    /// What was done.
    public struct Summary: Hashable, Sendable {
        public var batches: Int64
        public var lines: Int64

        public init(batches: Int64 = 0, lines: Int64 = 0) {
            self.batches = batches
            self.lines = lines
        }

        mutating func add(_ other: Summary) {
            batches += other.batches
            lines += other.lines
        }
    }

    private let database: Database
    private let surroundings: Surroundings
    private let limits: Limits
    private let gauges: MeterGauges

    /// - Parameter database: a transaction sums up to two million lines within its deadline.
    public init(
        database: Database, surroundings: Surroundings, metrics: MetricsRegistry,
        limits: Limits = Limits()
    ) {
        self.database = database
        self.surroundings = surroundings
        self.limits = limits
        gauges = MeterGauges(metrics)
    }

    /// Meters until nothing is left that nobody else is at work on, or for so long.
    public func run() async throws(StorageError) -> Summary {
        var done = Summary()
        var isSummarized = false
        let waiting = try await database.unmetered()
        gauges.show(waiting, at: surroundings.now())
        guard let waiting, waiting.batches > 0 else { return done }
        let isBehind = waiting.lines >= limits.behind
        let end = surroundings.now().adding(milliseconds: limits.runMilliseconds)
        repeat {
            let free = try await freeBatches()
            if isBehind, !isSummarized, let span = LineClaim.make(of: free).claim?.span {
                try await summarize(span)
                isSummarized = true
            }
            let step = try await meter(free, isBehind: isBehind)
            guard step.batches > 0 else { break }
            done.add(step)
            gauges.metered(step)
        } while surroundings.now() < end
        gauges.show(try await database.unmetered(), at: surroundings.now())
        return done
    }

    /// Lines are found without it, too, only later: days that belong to another role are its own.
    private func summarize(_ span: LineSpan) async throws(StorageError) {
        do {
            try await database.summarizeLines(span)
        } catch .rejected(sqlState: "42501") {
            return
        }
    }

    /// What waits and nobody is at work on; nothing is kept locked.
    private func freeBatches() async throws(StorageError) -> [ClaimedBatchRow] {
        try await database.transaction { transaction throws(StorageError) in
            try await transaction.claimBatches(.min ... .max, limit: limits.batches)
        }
    }

    /// Meters the first of these batches, of a long row in parts beside each other.
    private func meter(
        _ free: [ClaimedBatchRow], isBehind: Bool
    ) async throws(StorageError) -> Summary {
        let beside = isBehind ? limits.beside : 1
        let lines = free.reduce(0) { $0 + $1.lineCount }
        let parts = LineClaim.parts(
            of: free, count: beside, lineLimit: min(limits.lines, lines / Int64(beside) + 1))
        let steps = await withTaskGroup(of: Result<Summary, StorageError>.self) { group in
            for part in parts { group.addTask { await result(of: part) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var done = Summary()
        for step in steps { done.add(try step.get()) }
        return done
    }

    private func result(of part: ClosedRange<Int64>) async -> Result<Summary, StorageError> {
        do throws(StorageError) {
            return .success(try await meterOnce(part))
        } catch {
            return .failure(error)
        }
    }

    /// Meters what is free of these numbers in one transaction.
    private func meterOnce(
        _ numbers: ClosedRange<Int64>
    ) async throws(StorageError) -> Summary {
        let now = surroundings.now()
        return try await database.transaction { transaction throws(StorageError) in
            let batches = try await transaction.claimBatches(numbers, limit: limits.batches)
            let (ids, claim) = LineClaim.make(of: batches, lineLimit: limits.lines)
            guard !ids.isEmpty else { return Summary() }
            if let claim {
                try await transaction.sumLines(claim)
                let since = batches.prefix(ids.count).map(\.receivedAt).min() ?? now
                try await transaction.addSums(cameIn: since)
            }
            guard try await transaction.markMetered(ids, at: now) == ids.count else {
                throw .serialization  // Cannot be while their rows are locked.
            }
            return Summary(
                batches: Int64(ids.count),
                lines: batches.prefix(ids.count).reduce(0) { $0 + $1.lineCount })
        }
    }
}
