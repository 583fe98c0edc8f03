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
        let table = try Self.read(manifest.table, in: folder)
        guard try Self.countLines(map, table) == manifest.keyCount else {
            throw .fileAltered(VaultFiles.map)
        }
    }

    /// What HAProxy makes of both maps, as one.
    public var mapInForce: [UInt8] {
        get throws(VaultRefusal) {
            var reader = VaultMapReader(map)
            var rest = changes.lines[...]
            var merged: [UInt8] = []
            merged.reserveCapacity(map.count)
            func add(_ line: VaultChanges.Line) {
                if line.grant != nil { merged += Array("\(line.key) \(line.value)\n".utf8) }
            }
            while let (key, grant) = try reader.next() {
                while let line = rest.first, line.key < key { add(rest.removeFirst()) }
                if let line = rest.first, line.key == key {
                    add(rest.removeFirst())
                } else {
                    merged += Array("\(key) \(grant)\n".utf8)
                }
            }
            rest.forEach(add)
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

    /// Both files are written in one order, so line stands against line.
    private static func countLines(_ map: [UInt8], _ table: [UInt8]) throws(VaultRefusal) -> Int64 {
        var reader = VaultMapReader(map)
        let header = Array(VaultFiles.tableHeader.utf8)
        guard table.starts(with: header), table.last == UInt8(ascii: "\n") else {
            throw .lineMalformed(VaultFiles.table, line: 1)
        }
        var rows = table[header.count...].split(separator: UInt8(ascii: "\n"))[...]
        var count: Int64 = 0
        while let line = try reader.next() {
            count += 1
            guard let row = rows.popFirst(), says(row, line.grant) else {
                throw .lineMalformed(VaultFiles.table, line: Int(count) + 1)
            }
        }
        guard rows.isEmpty else { throw .lineMalformed(VaultFiles.table, line: Int(count) + 2) }
        return count
    }

    static func says(_ row: ArraySlice<UInt8>, _ grant: VaultGrant) -> Bool {
        let fields = String(decoding: row, as: UTF8.self).split(
            separator: ",", omittingEmptySubsequences: false)
        return fields.count == 5
            && fields[0] == grant.customer.description && !fields[1].isEmpty
            && fields[2] == String(grant.rate) && fields[3] == grant.tier.text
            && fields[4] == grant.service.rawValue
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
