import Identifiers

/// What an older version gave each key, read in step with the keys of today: after a rollback no key
/// gets more than either says.
struct VaultCeiling {
    private var reader: VaultMapReader
    private var next: (key: APIKeyHash, grant: VaultGrant)?
    private let changes: [APIKeyHash: VaultGrant?]

    init(map: [UInt8], changes: VaultChanges) throws(VaultRefusal) {
        reader = VaultMapReader(map)
        next = try reader.next()
        self.changes = Dictionary(
            changes.lines.map { ($0.key, $0.grant) }, uniquingKeysWith: { $1 })
    }

    /// To be asked by ascending hash.
    ///
    /// - Parameter grant: what the key has today.
    /// - Returns: nil where the older version did not know the key.
    mutating func lower(
        _ grant: VaultGrant, of key: APIKeyHash
    ) throws(VaultRefusal) -> VaultGrant? {
        while let found = next, found.key < key { next = try reader.next() }
        let read = next.flatMap { $0.key == key ? $0.grant : nil }
        let old = changes[key].map { $0 } ?? read
        guard let old, old.customer == grant.customer, old.service == grant.service else {
            return nil
        }
        return grant.tier == .suspended ? grant : old
    }
}
