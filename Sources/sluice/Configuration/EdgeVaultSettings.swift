import ByteCodecs
import Cryptography

/// Where an edge finds vaults, and whom it tells of them.
struct EdgeVaultSettings: Sendable {
    /// Its name, in what it reports.
    let edge: String
    let source: String
    /// The link that HAProxy reads through.
    let vault: String
    /// HAProxy's runtime socket.
    let socket: String
    /// The master's socket; nil where HAProxy has no master.
    let master: String?
    /// 32 bytes.
    let publicKey: [UInt8]

    /// - Parameters:
    ///   - edge: as the intake has it.
    ///   - socket: as the intake has it.
    /// - Returns: nil where no vault is taken from here, or something was refused.
    init?(_ reader: inout ConfigurationReader, edge: String?, socket: String?) {
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
        guard let source else {
            // HAProxy has the link in its environment, too; the key is for who takes vaults.
            if key != nil { reader.refuse(.vaultPublicKey, "is set, but not SLUICE_VAULT_SOURCE") }
            return nil
        }
        guard let vault, let given, let edge, let socket else {
            let missing = [
                (ConfigurationVariable.edgeVault, vault == nil), (.vaultPublicKey, given == nil),
                (.edge, edge == nil), (.edgeSocket, socket == nil),
            ]
            let names = missing.filter(\.1).map(\.0.name).joined(separator: ", ")
            reader.refuse(.vaultSource, "is set, but not \(names)")
            return nil
        }
        (self.edge, self.source, self.vault) = (edge, source, vault)
        (self.socket, publicKey) = (socket, given)
    }
}
