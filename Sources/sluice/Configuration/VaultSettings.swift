import ByteCodecs
import Cryptography

/// Where the manager writes what HAProxy is told, and with which keys. Only the manager and
/// `sluice vault` need them.
struct VaultSettings: Sendable {
    /// Nil: no vault is written.
    let directory: String?
    let keyFile: String?
    /// Seals API keys in the table: 32 bytes.
    let sealingKey: SharedSecret?

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        directory = reader.text(.vaultDirectory).map(EnvironmentFile.expandingHome)
        keyFile = reader.text(.vaultKeyFile).map(EnvironmentFile.expandingHome)
        guard let text = reader.text(.vaultKey) else {
            sealingKey = nil
            return
        }
        let bytes = (try? Hex.decode(text)) ?? (try? Base64.decode(text))
        guard let bytes, bytes.count == SecretSettings.keyLength else {
            reader.refuse(
                .vaultKey,
                "is not 32 bytes as 64 hex digits or Base64; make one: openssl rand -hex 32")
            return nil
        }
        if reader.isProduction, let weakness = WeakSecret.reason(bytes: bytes) {
            reader.refuse(.vaultKey, "\(weakness); make one: openssl rand -hex 32")
            return nil
        }
        sealingKey = SharedSecret(locking: bytes)
        guard sealingKey != nil else {
            reader.refuse(.vaultKey, SharedSecret.noLockedMemory)
            return nil
        }
    }
}
