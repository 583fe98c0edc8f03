/// Files of all keys that are written and in no version yet.
struct VaultKeys: Sendable {
    let folder: String
    let count: Int64
    let map: VaultFileSummary
    let table: VaultFileSummary
    /// Versions of `VAULT_KEY` that the table's keys are sealed under.
    let seals: Set<Int>
}
