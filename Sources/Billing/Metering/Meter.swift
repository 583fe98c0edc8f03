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
        /// From how many lines on a claim counts as behind, and indexes are seen to first.
        public var behind: Int64 = 250_000
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
        var summarized: LineSpan?
        let waiting = try await database.unmetered()
        gauges.show(waiting, at: surroundings.now())
        guard let waiting, waiting.batches > 0 else { return done }
        let end = surroundings.now().adding(milliseconds: limits.runMilliseconds)
        repeat {
            if waiting.lines >= limits.behind, summarized == nil {
                summarized = try await summarize()
            }
            let step = try await meterOnce()
            guard step.batches > 0 else { break }
            done.batches += step.batches
            done.lines += step.lines
            gauges.metered(step)
        } while surroundings.now() < end
        gauges.show(try await database.unmetered(), at: surroundings.now())
        return done
    }

    /// Meters what one transaction takes.
    public func meterOnce() async throws(StorageError) -> Summary {
        let now = surroundings.now()
        return try await database.transaction { transaction throws(StorageError) in
            let batches = try await transaction.claimBatches(limit: limits.batches)
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

    /// All days that wait are looked at, and nothing is kept locked.
    private func summarize() async throws(StorageError) -> LineSpan? {
        let claim: LineClaim? = try await database.transaction {
            transaction throws(StorageError) in
            let batches = try await transaction.claimBatches(limit: limits.batches)
            return LineClaim.make(of: batches, lineLimit: .max).claim
        }
        guard let claim else { return nil }
        try await database.summarizeLines(claim.span)
        return claim.span
    }
}
