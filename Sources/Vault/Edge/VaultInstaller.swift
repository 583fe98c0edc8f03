public import Determinism

/// Puts vaults from a source in force in an edge's folder, after checking all of each. For as long
/// as it lives nobody else does.
///
/// What changed comes into force first, in front of the files of all keys that the edge has; new
/// files of all keys are taken over afterwards, piece by piece.
public struct VaultInstaller: ~Copyable {
    /// Lines that are copied before it looks at the source again.
    private static let piece = 5000
    /// One to go back to by hand.
    private static let kept = 2

    private var lock: VaultFolderLock?
    private let source: VaultSource
    private let folder: VaultFolder
    private let publicKey: [UInt8]
    private let surroundings: Surroundings
    /// In force here; nil where there is none.
    public private(set) var installed: VaultManifest?
    /// In front of which files of all keys it is.
    private(set) var changes: VaultChanges?
    private var seen: [UInt8] = []
    private var copy: VaultKeysCopy?
    /// Whose files are being copied.
    private var copied: VaultManifest?

    /// - Parameters:
    ///   - source: a folder as ``VaultFolder`` keeps it, or a copy of one version.
    ///   - publicKey: of the manifest's signature, 32 bytes, known from elsewhere.
    /// - Throws: ``VaultRefusal/folderInUse`` while another one lives, in whichever process.
    public init(
        from source: String, to folder: VaultFolder, publicKey: [UInt8],
        _ surroundings: Surroundings
    ) throws(VaultRefusal) {
        self.source = VaultSource(path: source)
        self.folder = folder
        self.publicKey = publicKey
        self.surroundings = surroundings
        lock = try VaultFolderLock(folder.path)
        guard let inForce = try folder.inForce else { return }
        do throws(VaultRefusal) {
            let file = try VaultSet.read(
                VaultFiles.manifest, in: inForce, upTo: Int64(VaultManifest.maximumCount))
            let manifest = try VaultManifest(verifying: file, publicKey: publicKey)
            changes = try VaultChanges(
                parsing: VaultSet.read(
                    VaultFiles.changes, in: inForce, upTo: VaultSet.changesLimit))
            installed = manifest
        } catch .failed(let step, let code) {
            throw .failed(step: step, code: code)
        } catch {
            // Damaged, or signed by a key of before: as if there were none.
            changes = nil
        }
    }

    /// Whether files of all keys are still to be taken over, though nothing waits for them.
    public var isBehind: Bool { copy != nil || installed?.base != changes?.base }

    /// Takes over what is new, as far as it is quickly done.
    ///
    /// - Returns: whether another version came into force.
    /// - Throws: ``VaultRefusal`` for a vault that is not taken; what was in force stays so.
    public mutating func look() throws(VaultRefusal) -> Bool {
        let from = try source.folder
        let file = try source.manifest(in: from)
        let version = changes
        if file != seen {
            try take(file, from)
            if !isCopyWanted { copy = nil }
            seen = file
        } else if isBehind {
            try proceed(file, from)
        }
        return changes != version
    }

    private var isCopyWanted: Bool {
        guard let installed, let of = copied else { return false }
        return of.hasKeys(of: installed) && of.base == installed.base
    }

    private mutating func take(_ file: [UInt8], _ from: String) throws(VaultRefusal) {
        let manifest = try VaultManifest(verifying: file, publicKey: publicKey)
        try manifest.admit(after: installed, now: surroundings.now())
        if let installed, manifest.version == installed.version {
            if manifest != installed { try folder.renew(with: file) }
            self.installed = manifest
            return
        }
        let new = try readChanges(manifest, from)
        if let changes, let inForce = try folder.inForce, changes.base >= manifest.since {
            let isSame =
                installed?.hasKeys(of: manifest) ?? false
                && changes.base == installed?.base
            let mine = new.before(base: isSame ? manifest.base : changes.base)
            try put(manifest, file, mine, keysIn: inForce)
        } else {
            // Too old to be told the changes alone, or nothing: all of it, however long it takes.
            var copy = try beginCopy(manifest, from)
            while try !copy.step(lines: Self.piece) {}
            try put(manifest, file, new, keysIn: copy.folder)
        }
    }

    /// A further piece of the files of all keys.
    private mutating func proceed(_ file: [UInt8], _ from: String) throws(VaultRefusal) {
        guard let manifest = installed, let changes else { return }
        if copy == nil {
            copy = try beginCopy(manifest, from)
            copied = manifest
        }
        do throws(VaultRefusal) {
            guard try copy?.step(lines: Self.piece) == true, let keys = copy?.folder else { return }
            copy = nil
            try put(manifest, file, changes.before(base: manifest.base), keysIn: keys)
        } catch {
            copy = nil
            throw error
        }
    }

    private func beginCopy(
        _ manifest: VaultManifest, _ from: String
    ) throws(VaultRefusal) -> VaultKeysCopy {
        try VaultKeysCopy(of: manifest, from: from, to: folder.emptyFolderForKeys())
    }

    private func readChanges(
        _ manifest: VaultManifest, _ from: String
    ) throws(VaultRefusal) -> VaultChanges {
        let changes = try VaultChanges(parsing: VaultSet.read(manifest.changes, in: from))
        guard changes.version == manifest.version, changes.base == manifest.base else {
            throw .fileAltered(VaultFiles.changes)
        }
        return changes
    }

    private mutating func put(
        _ manifest: VaultManifest, _ file: [UInt8], _ changes: VaultChanges, keysIn keys: String
    ) throws(VaultRefusal) {
        try folder.put(file, changes, keysIn: keys, manifestBase: manifest.base)
        (installed, self.changes) = (manifest, changes)
        try folder.removeOld(keeping: Self.kept, files: Self.kept)
    }
}
