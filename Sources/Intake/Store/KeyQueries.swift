import Determinism
import Identifiers
import Storage

/// A row of `api_keys`: whose a key is.
struct KeyOwnerRow: SQLRow {
    let hash: [UInt8]
    let customer: Int64
    let keyID: SQLUUID

    init(from columns: inout SQLColumns) throws(StorageError) {
        hash = try columns.next()
        customer = try columns.next()
        keyID = try columns.next()
    }
}

extension BulkTransaction {
    /// In whatever state the keys are: what a revoked key has used is used.
    func owners(of keys: [APIKeyHash]) throws(StorageError) -> [(APIKeyHash, KeyOwner)] {
        let hashes = keys.map(\.bytes)
        let rows: [KeyOwnerRow] = try self.rows(
            "SELECT key_hash, customer_id, api_key_id FROM api_keys WHERE key_hash = ANY(\(hashes))"
        )
        return rows.compactMap { row in
            guard let hash = APIKeyHash(bytes: row.hash),
                let owner = KeyOwner(customer: row.customer, keyID: row.keyID.bytes)
            else { return nil }
            return (hash, owner)
        }
    }

    /// Moves the time of last use on. Keys that somebody else is changing are left for later.
    func touch(_ keys: [(owner: KeyOwner, at: Timestamp)]) throws(StorageError) {
        let ids = keys.map { SQLUUID(bytes: $0.owner.keyID) }
        let moments = keys.map(\.at.milliseconds)
        try execute(
            """
            WITH used AS (
                SELECT id, 'epoch'::timestamptz + milliseconds * interval '1 millisecond' AS at
                  FROM unnest(\(ids), \(moments)) AS used (id, milliseconds)),
            free AS (
                SELECT api_key_id FROM api_keys WHERE api_key_id = ANY(\(ids))
                   FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE api_keys SET last_used_at = used.at
              FROM used JOIN free ON free.api_key_id = used.id
             WHERE api_keys.api_key_id = used.id
               AND (last_used_at IS NULL OR last_used_at < used.at)
            """)
    }
}
