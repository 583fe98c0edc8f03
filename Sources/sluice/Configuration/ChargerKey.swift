import Cryptography
import SuiProtocol

/// The key that charges, in the manager alone.
enum ChargerKey {
    /// Reads the one line `suiprivkey1…`.
    ///
    /// - Throws: why there is no key; nothing of the file's content is shown.
    static func load(_ path: String) throws(ConfigurationRefusal) -> SuiPrivateKey {
        let variable = ConfigurationVariable.chargerKeyFile
        let bytes = try PrivateFile.read(path, of: variable)
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        do throws(SuiPrivateKeyError) {
            return try SuiPrivateKey(parsing: text)
        } catch {
            throw ConfigurationRefusal(problems: [
                ConfigurationProblem(
                    subject: variable.name,
                    reason: "'\(path)' holds no Ed25519 key as suiprivkey1…: \(words(error))")
            ])
        }
    }

    private static func words(_ error: SuiPrivateKeyError) -> String {
        switch error {
        case .notBech32: "it is not Bech32 with that beginning"
        case .unsupportedScheme(let scheme): "it is a \(scheme.rawValue) key"
        case .unknownFlag(let flag): "its scheme \(flag) is unknown"
        case .wrongLength(let expected, let actual): "it has \(actual) bytes, not \(expected)"
        case .cryptography: SharedSecret.noLockedMemory
        }
    }
}
