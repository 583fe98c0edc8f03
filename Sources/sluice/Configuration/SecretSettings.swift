import Audit
import ByteCodecs
import Cryptography

/// Keys that protect what is stored.
struct SecretSettings: Sendable {
    static let keyLength = 32

    /// Seals secrets in the database and derives refresh tokens: 32 bytes.
    let databaseEncryptionKey: SharedSecret
    /// Seals the audit log; from a file in production, see ``AuditKey``.
    let auditKey: Ed25519SigningKey
    /// Nil where there is no key file that it could lie beside, and none is named.
    let auditHeadFile: AuditHeadFile?

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let file = reader.text(.auditKeyFile)
        auditHeadFile = Self.auditHeadFile(&reader, keyFile: file)
        let secret = Self.databaseEncryptionKey(&reader)
        if file == nil, reader.isProduction {
            reader.refuse(
                .auditKeyFile, "is not set; it is a file with the seed of the key for audit seals")
        }
        do throws(ConfigurationRefusal) {
            guard file != nil || !reader.isProduction else { return nil }
            let key = try AuditKey.load(
                file: file, orFrom: secret, isProduction: reader.isProduction)
            guard let key, let secret else { return nil }
            (auditKey, databaseEncryptionKey) = (key, secret)
        } catch {
            reader.refuse(error)
            return nil
        }
    }

    static func auditHeadFile(
        _ reader: inout ConfigurationReader, keyFile: String?
    ) -> AuditHeadFile? {
        let path = reader.text(.auditHeadFile, derived: keyFile.map { $0 + ".head" })
        return path.map { AuditHeadFile(path: EnvironmentFile.expandingHome($0)) }
    }

    private static func databaseEncryptionKey(
        _ reader: inout ConfigurationReader
    ) -> SharedSecret? {
        let variable = ConfigurationVariable.databaseEncryptionKey
        let purpose = "the key for secrets in the database: 32 bytes as 64 hex digits or Base64"
        guard let text = reader.requiredText(variable, purpose) else { return nil }
        guard let bytes = key(text), bytes.count == keyLength else {
            reader.refuse(
                variable,
                "is not 32 bytes as 64 hex digits or Base64; make one: openssl rand -hex 32")
            return nil
        }
        if reader.isProduction, let weakness = WeakSecret.reason(bytes: bytes) {
            reader.refuse(variable, "\(weakness); make one: openssl rand -hex 32")
            return nil
        }
        let secret = SharedSecret(locking: bytes)
        if secret == nil { reader.refuse(variable, SharedSecret.noLockedMemory) }
        return secret
    }

    private static func key(_ text: String) -> [UInt8]? {
        (try? Hex.decode(text)) ?? (try? Base64.decode(text))
    }
}
