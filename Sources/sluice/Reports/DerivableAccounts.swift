import Escrow
import Identifiers
import Synchronization

/// What a repair is to look at, out of what was found. Bounded: what is beyond comes with the next
/// run.
final class DerivableAccounts: Sendable {
    private static let limit = 10_000

    private struct State {
        var accounts: Set<AccountID> = []
        var isMissingEvents = false
    }

    private let state = Mutex(State())

    func add(_ found: Discrepancy) {
        guard found.isDerivable else { return }
        state.withLock { state in
            if found.kind == .missingInLedger { state.isMissingEvents = true }
            guard let account = found.account, state.accounts.count < Self.limit else { return }
            state.accounts.insert(account)
        }
    }

    var accounts: Set<AccountID> { state.withLock { $0.accounts } }

    /// The checkpoints to read again for events that are not booked; nil for none.
    func chain(_ summary: ReconciliationSummary) -> ClosedRange<Int64>? {
        state.withLock { $0.isMissingEvents } ? summary.chain : nil
    }

    /// What a repair has done.
    final class Deeds: Sendable {
        private let done = Mutex<[RepairDeed]>([])

        func add(_ deed: RepairDeed) { done.withLock { $0.append(deed) } }

        var all: [RepairDeed] { done.withLock { $0 } }
    }
}
