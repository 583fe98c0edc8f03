import ByteCodecs
import Cryptography

/// The key that signs vaults. Edges know its public half, and take nothing that it has not signed.
enum VaultSigningKey {
    /// - Throws: why there is no key; the file's content is not shown.
    static func load(_ path: String) throws(ConfigurationRefusal) -> Ed25519SigningKey {
        let bytes = try PrivateFile.read(path, of: .vaultKeyFile)
        let digits = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard var seed = try? Hex.decode(digits), seed.count == Ed25519SigningKey.seedCount else {
            throw refusal("'\(path)' does not hold 64 hex digits; make one: openssl rand -hex 32")
        }
        if let weakness = WeakSecret.reason(bytes: seed) {
            throw refusal("what '\(path)' holds \(weakness); make a seed: openssl rand -hex 32")
        }
        do throws(CryptographyError) {
            return try Ed25519SigningKey(seed: SecretBytes(wiping: &seed))
        } catch {
            throw refusal(SharedSecret.noLockedMemory)
        }
    }

    private static func refusal(_ reason: String) -> ConfigurationRefusal {
        ConfigurationRefusal(problems: [
            ConfigurationProblem(subject: ConfigurationVariable.vaultKeyFile.name, reason: reason)
        ])
    }
}
