public import Cryptography
public import Determinism
import Glibc

/// Where vaults are kept: a folder for each version, and a link to the one in force.
///
/// Only whole vaults are ever under a version's name, and the link changes in one step: whoever
/// opens `current/…` has an old vault or a new one, also after a crash at any instant. Versions
/// with the same files of all keys share them. One writer at a time: on an edge who has the
/// ``VaultFolderLock``; where vaults are made, the caller has to see to it.
public struct VaultFolder: Sendable {
    private static let staging = ".new"
    private static let keysStaging = ".keys"

    /// Steps after which the process may be gone for good.
    public enum Step: Sendable {
        /// The row is made, and no folder is named by it.
        case claimed
        /// The new files are whole and synced.
        case staged
        /// They have their version's name, and are not in force.
        case named
        /// They are in force.
        case linked
    }

    public let path: String
    private let link: String
    /// Told of each step; what it throws ends the work there, as a crash would.
    var reached: @Sendable (Step) throws(VaultRefusal) -> Void = { _ throws(VaultRefusal) in }

    /// - Parameter path: of a folder that exists; the link in it is `current`.
    public init(path: String) {
        self.path = path
        link = "current"
    }

    /// - Parameter current: path of the link, as an edge's HAProxy has it; its folder exists.
    public init(current: String) {
        let parts = current.split(separator: "/", omittingEmptySubsequences: true)
        link = parts.last.map(String.init) ?? "current"
        let folder = parts.dropLast().joined(separator: "/")
        path = (current.hasPrefix("/") ? "/" : "") + (folder.isEmpty ? "." : folder)
    }

    /// The folder that the link names.
    public var current: String { "\(path)/\(link)" }

    /// The folder of the version in force, which stays what it is when another one comes into
    /// force; nil where there is none.
    public var inForce: String? {
        get throws(VaultRefusal) { try linked().map { "\(path)/\($0)" } }
    }

    /// Writes a vault of all keys and puts it in force, unless the one in force has the same.
    ///
    /// - Parameters:
    ///   - installed: the manifest of the vault in force; nil where there is none.
    ///   - fill: adds all entries, by ascending hash.
    /// - Returns: what is in force now: `installed` where nothing has changed.
    /// - Throws: ``VaultRefusal``; then the vault in force is the one that was.
    public func publish(
        version: Int64, after installed: VaultManifest?, validUntil: Timestamp,
        signedBy key: Ed25519SigningKey, _ surroundings: Surroundings,
        fill: (inout VaultWriter) throws(VaultRefusal) -> Void
    ) throws(VaultRefusal) -> VaultManifest {
        if let installed, version <= installed.version {
            throw .versionTooLow(installed: installed.version, offered: version)
        }
        var writer = try beginKeys()
        try fill(&writer)
        let keys = try writer.finish()
        let changes = VaultChanges(lines: [], base: version, version: version)
        let manifest = VaultManifest(
            version: version, base: version, since: version, keyCount: keys.count,
            madeAt: surroundings.now(), validUntil: validUntil, map: keys.map, table: keys.table,
            changes: VaultFileSummary(VaultFiles.changes, changes.bytes))
        if let installed, installed.hasKeys(of: manifest) {
            try remove(keys.folder)
            return installed
        }
        try put(manifest.signed(by: key), changes, keysIn: keys.folder)
        return manifest
    }

    /// Begins files of all keys, in place of what an earlier attempt left.
    public func beginKeys() throws(VaultRefusal) -> VaultWriter {
        try VaultWriter(in: emptyFolder(Self.keysStaging))
    }

    func emptyFolder(_ name: String) throws(VaultRefusal) -> String {
        let folder = "\(path)/\(name)"
        try remove(folder)
        guard mkdir(folder, 0o750) == 0 else { throw .failed(step: "make folder", code: errno) }
        return folder
    }

    /// Where an edge copies files of all keys to.
    func emptyFolderForKeys() throws(VaultRefusal) -> String { try emptyFolder(Self.keysStaging) }

    /// Puts a version in force.
    ///
    /// - Parameters:
    ///   - manifest: the file, signed.
    ///   - changes: their version is that of the folder. Where their base is not the manifest's,
    ///     the files of all keys are older, and the folder's name says so.
    ///   - folder: with the files of all keys, which it shares with the new version from now on.
    func put(
        _ manifest: [UInt8], _ changes: VaultChanges, keysIn folder: String,
        manifestBase: Int64? = nil
    ) throws(VaultRefusal) {
        let staged = try emptyFolder(Self.staging)
        for name in [VaultFiles.map, VaultFiles.table] {
            guard Glibc.link("\(folder)/\(name)", "\(staged)/\(name)") == 0 else {
                throw .failed(step: "link \(name)", code: errno)
            }
        }
        try write(changes.bytes, VaultFiles.changes, in: staged)
        try write(manifest, VaultFiles.manifest, in: staged)
        try sync(staged)
        let lags = manifestBase.map { $0 != changes.base } ?? false
        try putInForce(
            staged, as: "v\(changes.version)" + (lags ? "-\(changes.base)" : ""),
            version: changes.version)
        if folder == "\(path)/\(Self.keysStaging)" { try remove(folder) }
    }

    /// Replaces the manifest of the vault in force by one of the same content.
    public func renew(
        _ manifest: VaultManifest, signedBy key: Ed25519SigningKey
    ) throws(VaultRefusal) {
        try renew(with: manifest.signed(by: key))
    }

    func renew(with manifest: [UInt8]) throws(VaultRefusal) {
        let temporary = "\(VaultFiles.manifest).new"
        guard unlink("\(current)/\(temporary)") == 0 || errno == ENOENT else {
            throw .failed(step: "remove \(temporary)", code: errno)
        }
        try write(manifest, temporary, in: current)
        try move("\(current)/\(temporary)", to: "\(current)/\(VaultFiles.manifest)")
        try sync(current)
    }

    private func putInForce(
        _ staged: String, as name: String, version: Int64
    ) throws(VaultRefusal) {
        guard try linked() != name else { throw .versionReused(version) }
        // Whole, but never in force: left by a crash between the two renames.
        try remove("\(path)/\(name)")
        try reached(.staged)
        try move(staged, to: "\(path)/\(name)")
        try sync(path)
        try reached(.named)
        let newLink = "\(path)/.\(link).new"
        guard unlink(newLink) == 0 || errno == ENOENT, symlink(name, newLink) == 0 else {
            throw .failed(step: "make link", code: errno)
        }
        try move(newLink, to: current)
        try sync(path)
        try reached(.linked)
    }

    /// The name in the link; nil where there is none.
    private func linked() throws(VaultRefusal) -> String? {
        var name = [CChar](repeating: 0, count: 64)
        let count = readlink(current, &name, name.count)
        guard count >= 0 || errno == ENOENT else { throw .failed(step: "read link", code: errno) }
        let bytes = name[..<max(0, count)].map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private func write(
        _ bytes: [UInt8], _ name: String, in folder: String
    ) throws(VaultRefusal) {
        var file = try VaultFileWriter(name, in: folder)
        try file.append(bytes)
        _ = try file.finish()
    }

    /// A folder with nothing but a vault's files in it, or nothing.
    func remove(_ folder: String) throws(VaultRefusal) {
        let names = [VaultFiles.map, VaultFiles.table, VaultFiles.changes, VaultFiles.manifest]
        for name in names + ["\(VaultFiles.manifest).new"] {
            guard unlink("\(folder)/\(name)") == 0 || errno == ENOENT else {
                throw .failed(step: "remove \(name)", code: errno)
            }
        }
        guard rmdir(folder) == 0 || errno == ENOENT else {
            throw .failed(step: "remove folder", code: errno)
        }
    }

    private func move(_ source: String, to target: String) throws(VaultRefusal) {
        guard rename(source, target) == 0 else { throw .failed(step: "rename", code: errno) }
    }

    private func sync(_ folder: String) throws(VaultRefusal) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(step: "open folder", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .failed(step: "sync folder", code: errno) }
    }
}
