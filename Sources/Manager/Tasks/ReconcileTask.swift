public import Determinism
public import Escrow
import Identifiers
public import Storage
import Synchronization

/// Compares chain, ledger and charges, and keeps what does not fit where operators see it.
public struct ReconcileTask: Sendable {
    public static let intervalMilliseconds: Int64 = 5 * 60_000
    /// Whoever has just taken the lead has to book and to send first what the one before left.
    static let delayMilliseconds: Int64 = 30_000
    /// Of one run: a ledger where nothing fits must not fill the memory.
    private static let kept = 10_000

    private let reconciliation: Reconciliation
    private let database: Database
    private let surroundings: Surroundings

    /// - Parameter database: for short statements; the reconciliation has a pool of its own.
    public init(
        _ reconciliation: Reconciliation, database: Database, surroundings: Surroundings
    ) {
        self.reconciliation = reconciliation
        self.database = database
        self.surroundings = surroundings
    }

    public var task: ManagerTask {
        ManagerTask(
            "reconcile", everyMilliseconds: Self.intervalMilliseconds,
            afterMilliseconds: Self.delayMilliseconds
        ) { leader in try await run(as: leader) }
    }

    private func run(as leader: Generation) async throws -> TaskReport {
        let found = Mutex<[Discrepancy]>([])
        let outcome = await compare(as: leader) { discrepancy in
            found.withLock { if $0.count < Self.kept { $0.append(discrepancy) } }
        }
        // Before anything is booked there is nothing that could be compared.
        if outcome == .failure(.notFollowing) { return .idle }
        let summary = try outcome.get()
        let breaks = found.withLock { $0 }
        let now = surroundings.now()
        let isWhole = breaks.count == summary.discrepancies
        try await database.lead(as: leader) { transaction throws(StorageError) in
            for some in breaks.chunked(by: 500) {
                try await transaction.storeBreaks(some, at: now)
            }
            if isWhole { try await transaction.resolveBreaks(foundBefore: now) }
        }
        let counts: [String: Int64] = [
            "breaks": Int64(summary.discrepancies), "entries": Int64(summary.entries),
            "events": Int64(summary.events), "accounts": Int64(summary.accounts),
            "invoices": Int64(summary.invoices),
        ]
        guard !summary.isClean else { return TaskReport(counts) }
        return TaskReport(
            counts, finding: "breaks_found",
            detail: "\(summary.discrepancies) things do not fit: see 'sluice reconcile'")
    }
}

extension ReconcileTask {
    private func compare(
        as leader: Generation,
        found: @escaping @Sendable (Discrepancy) -> Void
    ) async -> Result<ReconciliationSummary, ReconciliationError> {
        do throws(ReconciliationError) {
            return .success(try await reconciliation.run(as: leader, found: found))
        } catch {
            return .failure(error)
        }
    }
}

extension Array {
    /// Pieces of so many elements, the last one of what is left.
    func chunked(by count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map {
            self[$0..<Swift.min($0 + count, self.count)]
        }
    }
}
