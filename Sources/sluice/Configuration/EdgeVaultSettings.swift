import ByteCodecs
import Cryptography

/// Where an edge finds vaults, and whom it tells of them.
struct EdgeVaultSettings: Sendable {
    let source: String
    /// The link that HAProxy reads through.
    let vault: String
    /// The master's socket; nil where HAProxy has no master.
    let master: String?
    /// 32 bytes.
    let publicKey: [UInt8]

    /// - Returns: nil where no vault is taken from here, or something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let source = reader.text(.vaultSource).map(EnvironmentFile.expandingHome)
        let vault = reader.text(.edgeVault).map(EnvironmentFile.expandingHome)
        let key = reader.text(.vaultPublicKey)
        master = reader.text(.edgeMaster).map(EnvironmentFile.expandingHome)
        let given = key.flatMap { try? Hex.decode($0) }
        if key != nil, given?.count != 32 {
            reader.refuse(
                .vaultPublicKey, "is not 64 hex digits, as 'sluice vault key' prints them")
            return nil
        }
        guard let source else { return nil }
        guard let vault, let given else {
            reader.refuse(
                .vaultSource, "is set, but not SLUICE_EDGE_VAULT and SLUICE_VAULT_PUBLIC_KEY")
            return nil
        }
        (self.source, self.vault, publicKey) = (source, vault, given)
    }
}
