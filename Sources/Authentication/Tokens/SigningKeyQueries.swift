import Determinism
import Storage

/// A key as stored: the private half sealed.
struct SigningKeyRow: SQLRow {
    var id: String
    var publicKey: [UInt8]
    var sealedPrivateKey: String
    var signsFrom: Timestamp
    var verifiesUntil: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
        publicKey = try columns.next()
        sealedPrivateKey = try columns.next()
        signsFrom = try columns.next()
        verifiesUntil = try columns.next()
    }
}

extension Database {
    func signingKeys(at now: Timestamp) async throws(StorageError) -> [SigningKeyRow] {
        try await rows(
            """
            SELECT key_id, public_key, private_key, signs_from, verifies_until FROM signing_keys
             WHERE verifies_until IS NULL OR verifies_until > \(now)
             ORDER BY signs_from DESC LIMIT 64
            """)
    }

    /// Adds a key and gives every older one its end, in one statement. Two at the same moment wait
    /// for each other on the advisory lock.
    ///
    /// - Parameter onlyWhenNone: for the first start of several gateways; then one of them wins.
    /// - Returns: whether the key was added.
    func insertSigningKey(
        id: String, publicKey: [UInt8], sealedPrivateKey: String, createdAt: Timestamp,
        signsFrom: Timestamp, olderVerifyUntil: Timestamp, onlyWhenNone: Bool, audit: SQL
    ) async throws(StorageError) -> Bool {
        try await transaction { transaction throws(StorageError) in
            try await transaction.execute(
                "SELECT pg_advisory_xact_lock(hashtext('sluice.signing_keys'))")
            let added = try await transaction.execute(
                """
                INSERT INTO signing_keys
                    (key_id, algorithm, public_key, private_key, created_at, signs_from)
                SELECT \(id), 'EdDSA', \(publicKey), \(sealedPrivateKey), \(createdAt),
                    \(signsFrom)
                 WHERE NOT \(onlyWhenNone) OR NOT EXISTS (SELECT FROM signing_keys
                    WHERE verifies_until IS NULL)
                """)
            guard added == 1 else { return false }
            try await transaction.execute(
                """
                UPDATE signing_keys SET verifies_until = \(olderVerifyUntil)
                 WHERE key_id <> \(id)
                   AND (verifies_until IS NULL OR verifies_until > \(olderVerifyUntil))
                """)
            try await transaction.execute(audit)
            return true
        }
    }

    func deleteDeadSigningKeys(at now: Timestamp) async throws(StorageError) -> Int {
        try await execute("DELETE FROM signing_keys WHERE verifies_until < \(now)")
    }
}
