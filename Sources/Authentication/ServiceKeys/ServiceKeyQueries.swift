import Determinism
import Identifiers
import Storage

/// A secret as stored.
struct SealedSecretRow: SQLRow {
    var id: String
    var keyID: String
    var sealed: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        let secretID: SQLUUID = try columns.next()
        guard let uuid = UUIDv7(bytes: secretID.bytes) else {
            throw .unexpectedValue(column: "secret_id")
        }
        id = uuid.description
        keyID = try columns.next()
        sealed = try columns.next()
    }
}

extension Database {
    func oldestServiceSecret() async throws(StorageError) -> SealedSecretRow? {
        try await first(
            """
            SELECT secret_id, service_key_id, sealed_secret FROM service_key_secrets
             WHERE revoked_at IS NULL ORDER BY created_at LIMIT 1
            """)
    }

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
