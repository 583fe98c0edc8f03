import Identifiers

/// Takes entries one by one, by ascending hash, so that a million of them need no memory.
public struct VaultWriter: ~Copyable {
    private var map: VaultFileWriter
    private var table: VaultFileWriter
    private var last: APIKeyHash?
    private(set) var keyCount: Int64 = 0

    init(in folder: String) throws(VaultRefusal) {
        let map = try VaultFileWriter(VaultFiles.map, in: folder)
        var table = try VaultFileWriter(VaultFiles.table, in: folder)
        try table.append(VaultFiles.tableHeader)
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
        keyCount += 1
    }

    mutating func finish() throws(VaultRefusal) -> (map: VaultFileSummary, table: VaultFileSummary)
    {
        (try map.finish(), try table.finish())
    }
}
