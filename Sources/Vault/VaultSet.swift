import ByteCodecs
import Cryptography
public import Determinism
import Glibc
import Identifiers
import Services

/// A vault that was read and found whole: what was checked is what is held here, not what the
/// files may have become since.
public struct VaultSet: Sendable {
    /// More than ten million keys.
    static let maximumCount: Int64 = 2 << 30
    /// More than so many changes are never made.
    static let changesLimit: Int64 = 64 << 20

    public let manifest: VaultManifest
    /// Bytes of `api_keys.map`.
    public let map: [UInt8]
    public let changes: VaultChanges

    /// On an edge: the changes are in front of files of all keys that are older than the version.
    public var isBehind: Bool { changes.base != manifest.base }

    /// - Parameters:
    ///   - folder: with the three files.
    ///   - publicKey: of the manifest's signature, 32 bytes, known from elsewhere.
    ///   - installed: the manifest in force on this edge; nil where there is none.
    /// - Throws: ``VaultRefusal``: signature, time, version, each file's length and digest, each
    ///   line, and that the two files say the same.
    public init(
        readingFrom folder: String, publicKey: [UInt8], after installed: VaultManifest?,
        _ surroundings: Surroundings
    ) throws(VaultRefusal) {
        let file = try Self.read(
            VaultFiles.manifest, in: folder, upTo: Int64(VaultManifest.maximumCount))
        manifest = try VaultManifest(verifying: file, publicKey: publicKey)
        try manifest.admit(after: installed, now: surroundings.now())
        changes = try Self.changes(of: manifest, in: folder)
        guard changes.base == manifest.base else {
            map = try Self.read(VaultFiles.map, in: folder, upTo: Self.maximumCount)
            var reader = VaultMapReader(map)
            while try reader.next() != nil {}
            return
        }
        map = try Self.read(manifest.map, in: folder)
        try Self.check(map, in: folder, against: manifest)
    }

    /// What HAProxy makes of both maps, as one.
    public var mapInForce: [UInt8] {
        get throws(VaultRefusal) {
            var reader = try VaultMergedReader(map, changes.lines)
            var merged: [UInt8] = []
            merged.reserveCapacity(map.count)
            while let (key, grant) = try reader.read() {
                key.append(to: &merged)
                merged.append(UInt8(ascii: " "))
                grant.append(to: &merged)
                merged.append(UInt8(ascii: "\n"))
            }
            return merged
        }
    }

    private static func changes(
        of manifest: VaultManifest, in folder: String
    ) throws(VaultRefusal) -> VaultChanges {
        let bytes = try read(VaultFiles.changes, in: folder, upTo: changesLimit)
        let changes = try VaultChanges(parsing: bytes)
        let signed = VaultFileSummary(
            VaultFiles.changes, changes.before(base: manifest.base).bytes)
        guard signed == manifest.changes, changes.version == manifest.version,
            (manifest.since...manifest.base).contains(changes.base)
        else { throw .fileAltered(VaultFiles.changes) }
        return changes
    }

    /// Both files are written in one order, so line stands against line. The table is read once and
    /// not held: what is wrong in a line of it counts only when the file is the one that was signed.
    private static func check(
        _ map: [UInt8], in folder: String, against manifest: VaultManifest
    ) throws(VaultRefusal) {
        var reader = VaultMapReader(map)
        var table = try VaultLineReader(VaultFiles.table, in: folder, digesting: true)
        var wrong: VaultRefusal?
        do throws(VaultRefusal) {
            try table.readHeader()
            var count: Int64 = 0
            while let line = try reader.next() {
                count += 1
                guard let row = try table.next(), says(row.dropLast(), line.grant) else {
                    throw .lineMalformed(VaultFiles.table, line: Int(count) + 1)
                }
            }
            guard try table.next() == nil else {
                throw .lineMalformed(VaultFiles.table, line: Int(count) + 2)
            }
            if count != manifest.keyCount { wrong = .fileAltered(VaultFiles.map) }
        } catch {
            wrong = error
        }
        guard try table.finish(upTo: manifest.table.count) == manifest.table else {
            throw .fileAltered(VaultFiles.table)
        }
        if let wrong { throw wrong }
    }

    /// Whether a row of the table, without its newline, is of a key that gives that.
    static func says(_ row: ArraySlice<UInt8>, _ grant: VaultGrant) -> Bool {
        var (start, end): ([UInt8], [UInt8]) = ([], [])
        grant.appendStart(to: &start)
        grant.appendEnd(to: &end)
        guard row.count > start.count + end.count, row.starts(with: start),
            row.suffix(end.count).elementsEqual(end)
        else { return false }
        return !row.dropFirst(start.count).dropLast(end.count).contains(UInt8(ascii: ","))
    }

    static func read(
        _ summary: VaultFileSummary, in folder: String
    ) throws(VaultRefusal) -> [UInt8] {
        guard summary.count <= maximumCount else { throw .fileAltered(summary.name) }
        let bytes = try read(summary.name, in: folder, upTo: summary.count)
        guard bytes.count == summary.count, Hex.encode(SHA256.hash(bytes)) == summary.digest else {
            throw .fileAltered(summary.name)
        }
        return bytes
    }

    /// One byte more than `limit` at most, so that a longer file is seen to be longer.
    static func read(
        _ name: String, in folder: String, upTo limit: Int64
    ) throws(VaultRefusal) -> [UInt8] {
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .fileMissing(name) }
            throw .failed(step: "open \(name)", code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .failed(step: "look at \(name)", code: errno)
        }
        var missing = Int(min(Int64(status.st_size), limit)) + 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(missing)
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while missing > 0 {
            let count = Glibc.read(descriptor, &block, min(block.count, missing))
            guard count >= 0 else { throw .failed(step: "read \(name)", code: errno) }
            guard count > 0 else { break }
            bytes += block[..<count]
            missing -= count
        }
        return bytes
    }
}
