import Synchronization

/// What was done so far, where a closure does it.
final class VaultProgress: Sendable {
    private let state: Mutex<VaultOutcome>

    init(_ outcome: VaultOutcome) { state = Mutex(outcome) }

    var outcome: VaultOutcome {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
