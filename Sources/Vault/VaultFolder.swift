public import Cryptography
public import Determinism
import Glibc

/// Where vaults are kept: a folder for each version, and `current`, a link to the one in force.
///
/// Only whole vaults are ever under a version's name, and the link changes in one step: whoever
/// opens `current/…` has an old vault or a new one, also after a crash at any instant. One writer
/// at a time; who may be it, the caller has to see to.
public struct VaultFolder: Sendable {
    static let link = "current"
    private static let staging = ".new"
    private static let linkStaging = ".current.new"

    public let path: String

    /// - Parameter path: of a folder that exists.
    public init(path: String) { self.path = path }

    /// The folder that the link names.
    public var current: String { "\(path)/\(Self.link)" }

    /// Writes a vault and puts it in force, unless the one in force has the same content.
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
        let staged = "\(path)/\(Self.staging)"
        try remove(staged)
        guard mkdir(staged, 0o750) == 0 else { throw .failed(step: "make folder", code: errno) }
        var writer = try VaultWriter(in: staged)
        try fill(&writer)
        let (map, table) = try writer.finish()
        let manifest = VaultManifest(
            version: version, keyCount: writer.keyCount, madeAt: surroundings.now(),
            validUntil: validUntil, map: map, table: table)
        if let installed, installed.hasContent(of: manifest) {
            try remove(staged)
            return installed
        }
        try write(manifest.signed(by: key), VaultFiles.manifest, in: staged)
        try sync(staged)
        try putInForce(staged, as: version)
        return manifest
    }

    /// Replaces the manifest of the vault in force by one of the same content.
    public func renew(
        _ manifest: VaultManifest, signedBy key: Ed25519SigningKey
    ) throws(VaultRefusal) {
        let temporary = "\(VaultFiles.manifest).new"
        guard unlink("\(current)/\(temporary)") == 0 || errno == ENOENT else {
            throw .failed(step: "remove \(temporary)", code: errno)
        }
        try write(manifest.signed(by: key), temporary, in: current)
        try move("\(current)/\(temporary)", to: "\(current)/\(VaultFiles.manifest)")
        try sync(current)
    }

    private func putInForce(_ staged: String, as version: Int64) throws(VaultRefusal) {
        let name = "v\(version)"
        guard try linked() != name else { throw .versionReused(version) }
        // Whole, but never in force: left by a crash between the two renames.
        try remove("\(path)/\(name)")
        try move(staged, to: "\(path)/\(name)")
        try sync(path)
        let newLink = "\(path)/\(Self.linkStaging)"
        guard unlink(newLink) == 0 || errno == ENOENT, symlink(name, newLink) == 0 else {
            throw .failed(step: "make link", code: errno)
        }
        try move(newLink, to: current)
        try sync(path)
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
    private func remove(_ folder: String) throws(VaultRefusal) {
        let names = [VaultFiles.map, VaultFiles.table, VaultFiles.manifest]
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
