/// Files of all keys that are written and in no version yet.
struct VaultKeys: Sendable {
    let folder: String
    let count: Int64
    let map: VaultFileSummary
    let table: VaultFileSummary
}
