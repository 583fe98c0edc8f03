import ByteCodecs
import Cryptography

/// The key that seals the audit log. It is never in the database, so that who can change rows
/// there cannot seal them again.
enum AuditKey {
    /// What HKDF is told when no key file is configured.
    private static let derivation = "sluice audit seal v1"

    /// - Parameters:
    ///   - file: holds the seed as 64 hex digits; nil derives it from `secret`, which is outside
    ///     the database as well.
    ///   - isProduction: then a seed that somebody could guess is refused.
    /// - Returns: nil when there is neither.
    /// - Throws: why there is no key; the file's content is not shown.
    static func load(
        file: String?, orFrom secret: SharedSecret?, isProduction: Bool
    ) throws(ConfigurationRefusal) -> Ed25519SigningKey? {
        if let file {
            let path = EnvironmentFile.expandingHome(file)
            var seed = try seed(path)
            if isProduction, let weakness = WeakSecret.reason(bytes: seed) {
                throw refusal(
                    "what '\(path)' holds \(weakness); make a seed: openssl rand -hex 32")
            }
            return try key { () throws(CryptographyError) in try SecretBytes(wiping: &seed) }
        }
        guard let secret else { return nil }
        return try key { () throws(CryptographyError) in
            try HKDFSHA256.derive(
                secret: secret.bytes, info: derivation, count: Ed25519SigningKey.seedCount)
        }
    }

    private static func key(
        _ seed: () throws(CryptographyError) -> SecretBytes
    ) throws(ConfigurationRefusal) -> Ed25519SigningKey {
        do throws(CryptographyError) {
            return try Ed25519SigningKey(seed: seed())
        } catch {
            throw refusal(SharedSecret.noLockedMemory)
        }
    }

    private static func seed(_ path: String) throws(ConfigurationRefusal) -> [UInt8] {
        let bytes = try PrivateFile.read(path, of: .auditKeyFile)
        let digits = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard let seed = try? Hex.decode(digits), seed.count == Ed25519SigningKey.seedCount else {
            throw refusal("'\(path)' does not hold 64 hex digits; make one: openssl rand -hex 32")
        }
        return seed
    }

    private static func refusal(_ reason: String) -> ConfigurationRefusal {
        ConfigurationRefusal(problems: [
            ConfigurationProblem(subject: ConfigurationVariable.auditKeyFile.name, reason: reason)
        ])
    }
}
