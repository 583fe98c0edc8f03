public import Storage

/// Under which versions of `VAULT_KEY` keys are sealed.
public struct VaultSealing: Hashable, Sendable {
    /// How many keys of the database are under each version.
    public let counts: [Int: Int64]
    /// Active keys that are under none yet.
    public let unsealed: Int64
    /// The one version that all of the table in force is under; nil where there are several, or
    /// there is no table.
    public let table: Int?

    /// Keys that are to be sealed, or sealed anew.
    public func left(under newest: Int) -> Int64 {
        counts.reduce(unsealed) { $1.key == newest ? $0 : $0 + $1.value }
    }
}

extension Database {
    public func vaultSealing() async throws(StorageError) -> VaultSealing {
        let counts = try await sealedCounts()
        let known = counts.compactMap { row in row.version.map { ($0, row.count) } }
        return VaultSealing(
            counts: Dictionary(known, uniquingKeysWith: +),
            unsealed: counts.first { $0.version == nil }?.count ?? 0,
            table: try await tableSealedUnder())
    }
}
