public import Storage

extension Transaction {
    /// Where the writer of the vault listens. It also looks by itself: the news only hastens it.
    public static let vaultChannel = "vault"

    /// Tells the writer of the vault, once the transaction has committed, that HAProxy has to know
    /// something else than before. Only for what is rare: a notice makes commits wait for each
    /// other.
    public func announceVaultChange() async throws(StorageError) {
        try await execute("SELECT pg_notify(\(Self.vaultChannel), '')")
    }
}
