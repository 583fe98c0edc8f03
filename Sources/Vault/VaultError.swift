public import Storage

/// Why the vault could not be brought up to date; what is in force stays so.
public enum VaultError: Error, Equatable, Sendable, CustomStringConvertible {
    case refused(VaultRefusal)
    case storage(StorageError)
    /// Another process leads, or has made the same version.
    case deposed
    /// There is no such version to go back to.
    case versionGone(Int64)

    public var description: String {
        switch self {
        case .refused(let refusal): "\(refusal)"
        case .storage(let error): "\(error)"
        case .deposed: "another process writes the vault"
        case .versionGone(let version): "the files of version \(version) are not kept any more"
        }
    }
}
