import Identifiers

/// Takes entries one by one, by ascending hash, so that a million of them need no memory.
public struct VaultWriter: ~Copyable {
    let folder: String
    private var map: VaultFileWriter
    private var table: VaultFileWriter
    private var last: APIKeyHash?
    private var count: Int64 = 0

    init(in folder: String) throws(VaultRefusal) {
        let map = try VaultFileWriter(VaultFiles.map, in: folder)
        var table = try VaultFileWriter(VaultFiles.table, in: folder)
        try table.append(VaultFiles.tableHeader)
        self.folder = folder
        self.map = map
        self.table = table
    }

    /// - Throws: ``VaultRefusal/keysOutOfOrder`` for a hash that is not above the one before;
    ///   ``VaultRefusal/failed(step:code:)``.
    public mutating func add(_ entry: VaultEntry) throws(VaultRefusal) {
        if let last, last >= entry.key { throw .keysOutOfOrder }
        last = entry.key
        try map.append(entry.mapLine)
        try table.append(entry.tableLine)
        count += 1
    }

    /// What is written so far outlives a loss of power, so that little is left for the end.
    mutating func sync() throws(VaultRefusal) {
        try map.sync()
        try table.sync()
    }

    mutating func finish() throws(VaultRefusal) -> VaultKeys {
        VaultKeys(
            folder: folder, count: count, map: try map.finish(), table: try table.finish())
    }
}
