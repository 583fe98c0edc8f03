/// Why a vault is not made, or not taken.
public enum VaultRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case rateOutOfRange(Int)
    case encryptedKeyMalformed
    /// Entries come by ascending hash, each once.
    case keysOutOfOrder
    case manifestTooLong
    case manifestMalformed
    case signatureInvalid
    case expired
    case notYetMade
    /// The vault in force is newer.
    case versionTooLow(installed: Int64, offered: Int64)
    /// The vault in force has this version and other content.
    case versionReused(Int64)
    case fileMissing(String)
    /// Not the length or digest that the manifest has.
    case fileAltered(String)
    /// Counted from 1.
    case lineMalformed(String, line: Int)
    /// Another process puts vaults in force there.
    case folderInUse
    /// A step on the file system, with its `errno`.
    case failed(step: String, code: Int32)

    /// Stable; what metrics and edges report.
    public var code: String {
        switch self {
        case .rateOutOfRange: "vault_rate_out_of_range"
        case .encryptedKeyMalformed: "vault_encrypted_key_malformed"
        case .keysOutOfOrder: "vault_keys_out_of_order"
        case .manifestTooLong: "vault_manifest_too_long"
        case .manifestMalformed: "vault_manifest_malformed"
        case .signatureInvalid: "vault_signature_invalid"
        case .expired: "vault_expired"
        case .notYetMade: "vault_not_yet_made"
        case .versionTooLow: "vault_version_too_low"
        case .versionReused: "vault_version_reused"
        case .fileMissing: "vault_file_missing"
        case .fileAltered: "vault_file_altered"
        case .lineMalformed: "vault_line_malformed"
        case .folderInUse: "vault_folder_in_use"
        case .failed: "vault_write_failed"
        }
    }

    public var description: String {
        switch self {
        case .rateOutOfRange(let rate): "a rate of \(rate) requests a second"
        case .encryptedKeyMalformed: "an encrypted key that is none"
        case .keysOutOfOrder: "keys are not in ascending order, or one comes twice"
        case .manifestTooLong: "\(VaultFiles.manifest) is too long"
        case .manifestMalformed: "\(VaultFiles.manifest) is not one of ours"
        case .signatureInvalid: "\(VaultFiles.manifest) is not signed by the key expected"
        case .expired: "the vault was to be used only until a time that has passed"
        case .notYetMade: "the vault was made in the future: a clock is wrong"
        case .versionTooLow(let installed, let offered):
            "version \(offered) is older than the one in force, \(installed)"
        case .versionReused(let version): "version \(version) is in force with other content"
        case .fileMissing(let name): "\(name) is missing"
        case .fileAltered(let name): "\(name) is not the file that was signed"
        case .lineMalformed(let name, let line): "\(name), line \(line), is not one of ours"
        case .folderInUse: "another process, as 'sluice intake', puts vaults in force there"
        case .failed(let step, let code): "\(step): error \(code)"
        }
    }
}
