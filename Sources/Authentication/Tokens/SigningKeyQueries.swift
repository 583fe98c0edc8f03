import Determinism
import Storage

/// A key about to be stored.
struct NewSigningKey: Sendable {
    var id: String
    var publicKey: [UInt8]
    var sealedPrivateKey: String
    var createdAt: Timestamp
    var signsFrom: Timestamp
    /// The end that every older key gets.
    var olderVerifyUntil: Timestamp
}

extension StatementRunner {
    /// All keys that sign, have signed or are about to, the youngest first. There is no limit: the
    /// one that signs may stand behind others, and without it nobody can sign in.
    func signingKeys(at now: Timestamp) async throws(StorageError) -> [SigningKeyRow] {
        try await rows(
            """
            SELECT key_id, public_key, private_key, signs_from, verifies_until FROM signing_keys
             WHERE verifies_until IS NULL OR verifies_until > \(now)
             ORDER BY signs_from DESC
            """)
    }
}

extension Database {
    /// Adds a key and gives every older one its end, in one transaction. Two at the same moment
    /// wait for each other on the advisory lock, so that each objects to what the other did.
    ///
    /// - Parameter objection: looks at the live keys; unless it gives nil, nothing is written.
    /// - Returns: the objection.
    func insertSigningKey<Objection: Sendable>(
        _ new: NewSigningKey, audit: SQL,
        unless objection: @Sendable ([SigningKeyRow]) -> Objection?
    ) async throws(StorageError) -> Objection? {
        try await transaction { transaction throws(StorageError) in
            try await transaction.execute(
                "SELECT pg_advisory_xact_lock(hashtext('sluice.signing_keys'))")
            if let found = objection(try await transaction.signingKeys(at: new.createdAt)) {
                return found
            }
            try await transaction.execute(
                """
                INSERT INTO signing_keys
                    (key_id, algorithm, public_key, private_key, created_at, signs_from)
                VALUES (\(new.id), 'EdDSA', \(new.publicKey), \(new.sealedPrivateKey),
                    \(new.createdAt), \(new.signsFrom))
                """)
            try await transaction.execute(
                """
                UPDATE signing_keys SET verifies_until = \(new.olderVerifyUntil)
                 WHERE key_id <> \(new.id)
                   AND (verifies_until IS NULL OR verifies_until > \(new.olderVerifyUntil))
                """)
            try await transaction.execute(audit)
            return nil
        }
    }

    func deleteDeadSigningKeys(at now: Timestamp) async throws(StorageError) -> Int {
        try await execute("DELETE FROM signing_keys WHERE verifies_until < \(now)")
    }
}
