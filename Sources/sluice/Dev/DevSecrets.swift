import ByteCodecs
import Determinism

/// What a development stack makes for itself at its first start and keeps.
struct DevSecrets: Sendable {
    static let file = "secrets.env"
    static let auditKeyFile = "audit.key"
    static let auditHeadFile = "audit.key.head"

    let databasePassword: String
    let databaseEncryptionKey: String
    let tokenSecret: String

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
        try state.write(text, to: Self.file)
        if state.text(Self.auditKeyFile) == nil {
            try state.write(Hex.encode(surroundings.randomBytes(32)) + "\n", to: Self.auditKeyFile)
        }
    }

    private var text: String {
        [
            ("DATABASE_PASSWORD", databasePassword),
            (ConfigurationVariable.databaseEncryptionKey.name, databaseEncryptionKey),
            (ConfigurationVariable.tokenSecret.name, tokenSecret),
        ].map { EnvironmentFile.line($0.0, $0.1) + "\n" }.joined()
    }
}
