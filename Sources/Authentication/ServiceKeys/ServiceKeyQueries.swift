import Determinism
import Storage

extension Database {
    /// - Throws: ``StorageError/constraintViolated(name:kind:)`` on `service_keys_name_key` when
    ///   the name is taken.
    func insertServiceKey(
        id: String, name: String, scopes: String, secretID: SQLUUID, sealedSecret: String,
        createdAt: Timestamp, audit: SQL
    ) async throws(StorageError) {
        try await execute(
            """
            WITH key AS (
                INSERT INTO service_keys (service_key_id, name, scopes, created_at)
                VALUES (\(id), \(name), \(scopes), \(createdAt))
                RETURNING service_key_id
            ), secret AS (
                INSERT INTO service_key_secrets
                    (secret_id, service_key_id, sealed_secret, created_at)
                SELECT \(secretID), service_key_id, \(sealedSecret), \(createdAt) FROM key
            )
            \(sql: audit)
            """)
    }
}
