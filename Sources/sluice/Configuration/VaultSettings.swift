import ByteCodecs
import Cryptography

/// Where the manager writes what HAProxy is told, and with which keys. Only the manager and
/// `sluice vault` need them.
struct VaultSettings: Sendable {
    /// Nil: no vault is written.
    let directory: String?
    let keyFile: String?
    /// Seal API keys in the table, the newest first; empty where none is given.
    let sealingKeys: [SealingKey]

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        directory = reader.text(.vaultDirectory).map(EnvironmentFile.expandingHome)
        keyFile = reader.text(.vaultKeyFile).map(EnvironmentFile.expandingHome)
        let texts = reader.text(.vaultKey)?.split(separator: ",") ?? []
        var keys: [(key: SealingKey, bytes: [UInt8])] = []
        for text in texts {
            guard let key = Self.key(text, &reader) else { return nil }
            keys.append(key)
        }
        keys.sort { $0.key.version > $1.key.version }
        guard Set(keys.map(\.key.version)).count == keys.count,
            Set(keys.map(\.bytes)).count == keys.count
        else {
            reader.refuse(.vaultKey, "has a version, or a key, twice")
            return nil
        }
        sealingKeys = keys.map(\.key)
    }

    /// - Parameter text: the key, or `v2:` and so on and the key.
    private static func key(
        _ text: Substring, _ reader: inout ConfigurationReader
    ) -> (SealingKey, [UInt8])? {
        let parts = text.filter { !$0.isWhitespace }.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let version = parts.count == 1 ? 1 : Self.version(parts[0])
        guard let version, let digits = parts.last,
            let bytes = (try? Hex.decode(digits)) ?? (try? Base64.decode(String(digits))),
            bytes.count == SecretSettings.keyLength
        else {
            reader.refuse(
                .vaultKey,
                """
                is not 32 bytes as 64 hex digits or Base64; make one: openssl rand -hex 32. After a \
                change it is two keys with a comma between them: v2:NEW,v1:OLD
                """)
            return nil
        }
        if reader.isProduction, let weakness = WeakSecret.reason(bytes: bytes) {
            reader.refuse(.vaultKey, "\(weakness); make one: openssl rand -hex 32")
            return nil
        }
        guard let secret = SharedSecret(locking: bytes),
            let key = try? SealingKey(version: version, secret: secret)
        else {
            reader.refuse(.vaultKey, SharedSecret.noLockedMemory)
            return nil
        }
        return (key, bytes)
    }

    private static func version(_ text: Substring) -> Int? {
        guard text.count <= 10, text.first == "v", let number = Int(text.dropFirst()), number > 0,
            text == "v\(number)"
        else { return nil }
        return number
    }
}
