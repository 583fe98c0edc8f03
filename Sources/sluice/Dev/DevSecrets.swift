import ByteCodecs
import Cryptography
import Determinism
import SuiProtocol

/// What a development stack makes for itself at its first start and keeps.
struct DevSecrets: Sendable {
    static let file = "secrets.env"
    static let auditKeyFile = "audit.key"
    static let auditHeadFile = "audit.key.head"
    static let chargerKeyFile = "charger.key"
    static let chargedDatabaseFile = "charger.key.database"

    let databasePassword: String
    let databaseEncryptionKey: String
    let tokenSecret: String
    /// Seals API keys in vaults.
    let vaultKey: String
    /// All ids of the simulated chain follow from it, so that no two chains look alike.
    let nodeSeed: String
    /// The address of the key that may charge.
    let charger: SuiAddress

    /// Reads the secrets of an earlier start, or makes and writes new ones.
    init(_ state: StateDirectory, _ surroundings: Surroundings) throws(DevError) {
        let known: [String: String]
        do {
            known = try EnvironmentFile.read(state.file(Self.file)) ?? [:]
        } catch {
            throw DevError(error.description)
        }
        func secret(_ name: String, bytes: Int) -> String {
            known[name] ?? Hex.encode(surroundings.randomBytes(bytes))
        }
        databasePassword = secret("DATABASE_PASSWORD", bytes: 16)
        databaseEncryptionKey = secret(ConfigurationVariable.databaseEncryptionKey.name, bytes: 32)
        tokenSecret = secret(ConfigurationVariable.tokenSecret.name, bytes: 32)
        vaultKey = secret(ConfigurationVariable.vaultKey.name, bytes: 32)
        nodeSeed =
            known["NODE_SEED"]
            ?? "\(surroundings.randomBytes(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })"
        charger = try Self.charger(state, surroundings)
        try state.write(text, to: Self.file)
        if state.text(Self.auditKeyFile) == nil {
            try state.write(Hex.encode(surroundings.randomBytes(32)) + "\n", to: Self.auditKeyFile)
        }
    }

    /// Reads the key of an earlier start, or makes and writes a new one.
    private static func charger(
        _ state: StateDirectory, _ surroundings: Surroundings
    ) throws(DevError) -> SuiAddress {
        do {
            if let text = state.text(chargerKeyFile) {
                return try SuiPrivateKey(parsing: text.filter { !$0.isNewline }).address
            }
            let seed = try SecretBytes(
                randomCount: Ed25519SigningKey.seedCount, from: surroundings)
            let address = try SuiPrivateKey(seed: seed).address
            try state.write(try SuiPrivateKey.text(of: seed) + "\n", to: chargerKeyFile)
            return address
        } catch let error as DevError {
            throw error
        } catch {
            throw DevError("\(state.file(chargerKeyFile)) cannot be used: \(error)")
        }
    }

    private var text: String {
        [
            ("DATABASE_PASSWORD", databasePassword),
            (ConfigurationVariable.databaseEncryptionKey.name, databaseEncryptionKey),
            (ConfigurationVariable.tokenSecret.name, tokenSecret),
            (ConfigurationVariable.vaultKey.name, vaultKey),
            ("NODE_SEED", nodeSeed),
        ].map { EnvironmentFile.line($0.0, $0.1) + "\n" }.joined()
    }
}
