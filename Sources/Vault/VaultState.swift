import Determinism

/// What is in force, and what the database says of it.
struct VaultState: Sendable {
    var installed: VaultManifest?
    /// The row of the version in force; nil where there is none, or it is of another vault: then
    /// nothing is known of what changed since.
    var version: VaultStanding.Version?
    var hasNews: Bool
    var hasUnsealed: Bool
    /// A version of `VAULT_KEY` that keys are sealed under, and should not be any more.
    var staleSeal: Int?
    var hasExpired: Bool
    /// The number of the next version.
    var next: Int64
    var now: Timestamp
    /// Keys that expire up to here are left out; never earlier than before, though a clock may be.
    var asOf: Timestamp
    var rates: String

    /// Without what is in force, where changes of single keys do not tell all that is new.
    func discontinued(_ isSo: Bool) -> VaultState {
        var state = self
        if isSo { state.version = nil }
        return state
    }
}
