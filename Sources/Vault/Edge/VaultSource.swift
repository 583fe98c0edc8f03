import Glibc

/// Where an edge finds new vaults: the manager's folder, or a copy of it, or of what its `current`
/// leads to.
struct VaultSource: Sendable {
    let path: String

    /// A folder that stays what it is while it is read.
    var folder: String {
        get throws(VaultRefusal) {
            if let inForce = try VaultFolder(path: path).inForce { return inForce }
            return path
        }
    }

    /// - Throws: ``VaultRefusal/fileMissing(_:)`` where there is no vault yet.
    func manifest(in folder: String) throws(VaultRefusal) -> [UInt8] {
        try VaultSet.read(VaultFiles.manifest, in: folder, upTo: Int64(VaultManifest.maximumCount))
    }
}
