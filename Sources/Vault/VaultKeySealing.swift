public import Cryptography
import Determinism
import Identifiers
import Services
import Storage

/// Makes the vault's form of keys that have none yet, once for each: an unchanged vault stays the
/// same bytes. After a change of `VAULT_KEY` all are sealed anew.
public struct VaultKeySealing: Sendable {
    private static let batch = 1000

    /// What came of one round.
    struct Round: Sendable {
        var made = 0
        var failed = 0
        /// None is left but those that failed.
        var isOver = true
        /// A version whose key is not the one that is configured.
        var foreignKey: Int?
    }

    private let stored: SecretSealer
    private let sealer: VaultKeySealer

    /// - Parameters:
    ///   - stored: with `DB_ENCRYPTION_KEY`.
    ///   - sealer: with `VAULT_KEY`.
    public init(stored: SecretSealer, sealer: VaultKeySealer) {
        (self.stored, self.sealer) = (stored, sealer)
    }

    /// The version of `VAULT_KEY` that seals.
    var version: Int { sealer.version }

    /// Seals keys, oldest first. One that does not open keeps no other from being sealed.
    ///
    /// - Parameters:
    ///   - old: the version that they are under; nil for those that are under none.
    ///   - limit: about how many.
    func seal(
        under old: Int?, limit: Int, in database: Database, _ commit: VaultPublisher.Commit,
        _ surroundings: Surroundings
    ) async throws(VaultError) -> Round {
        var round = Round()
        if try await isForeign(version, in: database) {
            round.foreignKey = version
            return round
        }
        var last = SQLUUID(bytes: [UInt8](repeating: 0, count: 16))
        while round.made + round.failed < limit {
            let (after, batch) = (last, min(Self.batch, limit - round.made - round.failed))
            let rows = try await Vault.stored { () throws(StorageError) in
                try await database.keysSealed(under: old, after: after, limit: batch)
            }
            guard let final = rows.last else { return round }
            last = final.id
            let sealed = rows.compactMap { row in
                seal(row, surroundings).map { (id: row.id, text: $0) }
            }
            let (ids, texts) = (sealed.map(\.id), sealed.map(\.text))
            try await commit { transaction throws(StorageError) in
                _ = try await transaction.sealKeys(ids, texts, insteadOf: old)
            }
            round.made += sealed.count
            round.failed += rows.count - sealed.count
        }
        round.isOver = false
        return round
    }

    /// Whether the key configured as a version is not the one that keys were sealed with.
    private func isForeign(
        _ version: Int, in database: Database
    ) async throws(VaultError) -> Bool {
        let row = try await Vault.stored { () throws(StorageError) in
            try await database.someKey(sealedUnder: version)
        }
        guard let row, let customer = CustomerID(row.customer) else { return false }
        do throws(CryptographyError) {
            _ = try sealer.open(row.vaultKey, of: customer)
            return false
        } catch {
            return error == .authenticationFailed
        }
    }

    private func seal(_ row: UnsealedRow, _ surroundings: Surroundings) -> String? {
        guard let customer = CustomerID(row.customer), let key = open(row, of: customer) else {
            return nil
        }
        return try? sealer.seal(key, of: customer, surroundings)
    }

    private func open(_ row: UnsealedRow, of customer: CustomerID) -> APIKey? {
        if let id = UUIDv7(bytes: row.id.bytes),
            let text = try? stored.open(
                row.sealedKey, context: APIKeys.sealingContext(APIKeyID(id))
            ).copy(),
            let key = try? APIKey(parsing: String(decoding: text, as: UTF8.self))
        {
            return key
        }
        return row.vaultKey.flatMap { try? sealer.open($0, of: customer) }
    }
}
