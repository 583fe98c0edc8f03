public import Cryptography
import Determinism
import Identifiers
import Services
import Storage

/// Makes the vault's form of keys that have none yet, once for each: an unchanged vault stays the
/// same bytes.
public struct VaultKeySealing: Sendable {
    private static let batch = 500

    private let stored: SecretSealer
    private let sealer: VaultKeySealer

    /// - Parameters:
    ///   - stored: with `DB_ENCRYPTION_KEY`.
    ///   - sealer: with `VAULT_KEY`.
    public init(stored: SecretSealer, sealer: VaultKeySealer) {
        (self.stored, self.sealer) = (stored, sealer)
    }

    /// One key that does not open keeps no other from being sealed.
    ///
    /// - Returns: how many were made, and how many could not be.
    func sealAll(
        in database: Database, _ commit: VaultPublisher.Commit, _ surroundings: Surroundings
    ) async throws(VaultError) -> (made: Int, failed: Int) {
        var (made, failed) = (0, 0)
        var last = SQLUUID(bytes: [UInt8](repeating: 0, count: 16))
        while true {
            let after = last
            let rows = try await Vault.stored { () throws(StorageError) in
                try await database.unsealedKeys(after: after, limit: Self.batch)
            }
            guard let final = rows.last else { return (made, failed) }
            last = final.id
            let sealed = rows.compactMap { row in
                seal(row, surroundings).map { (id: row.id, text: $0) }
            }
            let (ids, texts) = (sealed.map(\.id), sealed.map(\.text))
            try await commit { transaction throws(StorageError) in
                try await transaction.sealKeys(ids, texts)
            }
            made += sealed.count
            failed += rows.count - sealed.count
        }
    }

    private func seal(_ row: UnsealedRow, _ surroundings: Surroundings) -> String? {
        guard let id = UUIDv7(bytes: row.id.bytes), let customer = CustomerID(row.customer),
            let text = try? stored.open(
                row.sealedKey, context: "api_keys.\(id).sealed_key"
            ).copy(),
            let key = try? APIKey(parsing: String(decoding: text, as: UTF8.self))
        else { return nil }
        return try? sealer.seal(key, of: customer, surroundings)
    }
}
