import Cryptography
import Identifiers

/// Takes entries one by one, by ascending hash, so that a million of them need no memory.
public struct VaultWriter: ~Copyable {
    let folder: String
    private var map: VaultFileWriter
    private var table: VaultFileWriter
    private var last: APIKeyHash?
    private var count: Int64 = 0
    /// Versions of `VAULT_KEY` in the table.
    private var seals: Set<Int> = []

    init(in folder: String) throws(VaultRefusal) {
        let map = try VaultFileWriter(VaultFiles.map, in: folder)
        var table = try VaultFileWriter(VaultFiles.table, in: folder)
        try table.append(VaultFiles.tableHeader.utf8)
        self.folder = folder
        self.map = map
        self.table = table
    }

    /// - Throws: ``VaultRefusal/keysOutOfOrder`` for a hash that is not above the one before;
    ///   ``VaultRefusal/failed(step:code:)``.
    public mutating func add(_ entry: VaultEntry) throws(VaultRefusal) {
        if let last, last >= entry.key { throw .keysOutOfOrder }
        last = entry.key
        try map.append(entry.appendMapLine)
        try table.append(entry.appendTableLine)
        seals.insert(SecretSealer.version(of: entry.encryptedKey))
        count += 1
    }

    mutating func finish() throws(VaultRefusal) -> VaultKeys {
        VaultKeys(
            folder: folder, count: count, map: try map.finish(), table: try table.finish(),
            seals: seals)
    }
}
