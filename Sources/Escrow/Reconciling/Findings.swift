import Synchronization

/// Takes in what a reconciliation finds, one by one, so that memory does not grow with it.
final class Findings: Sendable {
    private let state = Mutex(ReconciliationSummary())
    private let found: @Sendable (Discrepancy) -> Void
    private let progress: @Sendable (ReconciliationProgress) -> Void

    init(
        found: @escaping @Sendable (Discrepancy) -> Void,
        progress: @escaping @Sendable (ReconciliationProgress) -> Void
    ) {
        self.found = found
        self.progress = progress
    }

    var summary: ReconciliationSummary { state.withLock { $0 } }

    /// - Parameter unfitting: of which kinds one says that the chain's events have to be read again.
    func report(_ discrepancies: [Discrepancy], unfitting: [Discrepancy.Kind] = []) {
        for discrepancy in discrepancies {
            state.withLock {
                $0.found[discrepancy.kind, default: 0] += 1
                if unfitting.contains(discrepancy.kind) { $0.isChainFitting = false }
            }
            found(discrepancy)
        }
    }

    func count(_ change: (inout ReconciliationSummary) -> Void) { state.withLock { change(&$0) } }

    func note(_ text: String) { state.withLock { $0.notes.append(text) } }

    func reached(_ phase: ReconciliationProgress.Phase, _ done: Int, of total: Int) {
        progress(ReconciliationProgress(phase, done: done, total: max(done, total)))
    }
}
