import Identifiers

/// Takes over files of all keys, piece by piece: each line is one of ours, the two files say the
/// same, and in the end they are what was signed.
struct VaultKeysCopy: ~Copyable {
    let manifest: VaultManifest
    let folder: String
    private var map: VaultLineReader
    private var table: VaultLineReader
    private var newMap: VaultFileWriter
    private var newTable: VaultFileWriter
    private var last: APIKeyHash?
    private var count: Int64 = 0

    /// - Parameters:
    ///   - manifest: verified.
    ///   - folder: an empty one.
    init(
        of manifest: VaultManifest, from source: String, to folder: String
    ) throws(VaultRefusal) {
        let map = try VaultLineReader(VaultFiles.map, in: source)
        var table = try VaultLineReader(VaultFiles.table, in: source)
        let newMap = try VaultFileWriter(VaultFiles.map, in: folder)
        var newTable = try VaultFileWriter(VaultFiles.table, in: folder)
        try table.readHeader()
        try newTable.append(VaultFiles.tableHeader.utf8)
        (self.manifest, self.folder) = (manifest, folder)
        self.map = map
        self.table = table
        self.newMap = newMap
        self.newTable = newTable
    }

    /// Copies some lines.
    ///
    /// - Returns: whether that was all, and the copy is whole and synced.
    mutating func step(lines: Int) throws(VaultRefusal) -> Bool {
        for _ in 0..<lines {
            guard let line = try map.next() else {
                try finish()
                return true
            }
            guard let (key, grant) = VaultMapReader.parse(line.dropLast()),
                last.map({ $0 < key }) ?? true
            else { throw .lineMalformed(VaultFiles.map, line: map.line) }
            last = key
            count += 1
            guard count <= manifest.keyCount else { throw .fileAltered(VaultFiles.map) }
            guard let row = try table.next(), VaultSet.says(row.dropLast(), grant) else {
                throw .lineMalformed(VaultFiles.table, line: table.line)
            }
            try newMap.append(line)
            try newTable.append(row)
        }
        return false
    }

    private mutating func finish() throws(VaultRefusal) {
        guard try table.next() == nil else {
            throw .lineMalformed(VaultFiles.table, line: table.line)
        }
        guard try newMap.finish() == manifest.map, count == manifest.keyCount else {
            throw .fileAltered(VaultFiles.map)
        }
        guard try newTable.finish() == manifest.table else {
            throw .fileAltered(VaultFiles.table)
        }
    }
}
