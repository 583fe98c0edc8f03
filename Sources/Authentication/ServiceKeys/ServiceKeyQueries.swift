import Determinism
import Identifiers
public import Storage

/// A secret as stored.
struct SealedSecretRow: SQLRow {
    var id: UUIDv7
    var keyID: String
    var sealed: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        let secretID: SQLUUID = try columns.next()
        guard let uuid = UUIDv7(bytes: secretID.bytes) else {
            throw .unexpectedValue(column: "secret_id")
        }
        id = uuid
        keyID = try columns.next()
        sealed = try columns.next()
    }
}

/// A key that was given out, with the secrets it may be used with: none once it was revoked.
struct KnownServiceKey: Sendable {
    struct Secret: Sendable {
        var id: UUIDv7
        /// As stored.
        var sealed: String
    }

    var caller: ServiceCaller
    /// Newest first; two at most.
    var secrets: [Secret]
}

private struct ServiceSecretRow: SQLRow {
    var name: String
    var scopes: String
    var edge: String?
    var secret: KnownServiceKey.Secret?

    init(from columns: inout SQLColumns) throws(StorageError) {
        name = try columns.next()
        scopes = try columns.next()
        edge = try columns.next()
        let id: SQLUUID? = try columns.next()
        let sealed: String? = try columns.next()
        guard let id, let sealed else { return }
        guard let id = UUIDv7(bytes: id.bytes) else {
            throw .unexpectedValue(column: "secret_id")
        }
        secret = .init(id: id, sealed: sealed)
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

    /// - Returns: nil for a key that was never given out.
    func serviceKey(_ id: String) async throws(StorageError) -> KnownServiceKey? {
        let rows: [ServiceSecretRow] = try await rows(
            """
            SELECT k.name, k.scopes, k.edge, s.secret_id, s.sealed_secret
              FROM service_keys AS k LEFT JOIN service_key_secrets AS s
                ON s.service_key_id = k.service_key_id AND s.revoked_at IS NULL
                   AND k.revoked_at IS NULL
             WHERE k.service_key_id = \(id)
             ORDER BY s.created_at DESC LIMIT 2
            """)
        guard let first = rows.first else { return nil }
        return KnownServiceKey(
            caller: ServiceCaller(
                keyID: id, name: first.name, scopes: Set(ServiceScope.list(first.scopes)),
                edge: first.edge),
            secrets: rows.compactMap(\.secret))
    }

    /// - Returns: false when the nonce was used before and is still kept.
    func useServiceNonce(
        _ nonce: String, of keyID: String, at now: Timestamp, until expiry: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            INSERT INTO service_nonces AS n (service_key_id, nonce, expires_at)
            VALUES (\(keyID), \(nonce), \(expiry))
            ON CONFLICT (service_key_id, nonce) DO UPDATE SET expires_at = EXCLUDED.expires_at
             WHERE n.expires_at < \(now)
            """) == 1
    }

    /// - Parameter inherits: the name may be that of a key that was revoked.
    /// - Returns: false when it was such a name and may not be, or when its key is live.
    /// - Throws: ``StorageError/constraintViolated(name:kind:)`` on `service_keys_live_name` when
    ///   the name has a live key.
    func insertServiceKey(
        id: String, name: String, scopes: String, edge: String?, inherits: Bool, secretID: SQLUUID,
        sealedSecret: String, createdAt: Timestamp, audit: SQL
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            WITH key AS (
                INSERT INTO service_keys (service_key_id, name, scopes, edge, created_at)
                SELECT \(id), \(name), \(scopes), \(edge), \(createdAt)
                 WHERE \(inherits) OR NOT EXISTS (SELECT FROM service_keys WHERE name = \(name))
                RETURNING service_key_id
            ), secret AS (
                INSERT INTO service_key_secrets
                    (secret_id, service_key_id, sealed_secret, created_at)
                SELECT \(secretID), service_key_id, \(sealedSecret), \(createdAt) FROM key
            )
            \(sql: audit)
            """) > 0
    }

    func hasLiveServiceKey(named name: String) async throws(StorageError) -> Bool {
        let found: Bool? = try await value(
            """
            SELECT EXISTS (
                SELECT FROM service_keys WHERE name = \(name) AND revoked_at IS NULL)
            """)
        return found ?? false
    }
}

/// What became of a secret that was to be added.
enum SecretAddition: Sendable {
    /// To the key of this id.
    case added(String)
    case unknown
    /// Two are live.
    case full
}

extension SQL {
    /// One record of a change that concerned secrets, and none where there were none.
    static let addedKey: SQL = "NULL::uuid, NULL::bigint FROM key"
    static let retiredSecret: SQL = "NULL::uuid, NULL::bigint FROM retired LIMIT 1"
    static let revokedKey: SQL = "NULL::uuid, NULL::bigint FROM revoked"
}

extension Database {
    func addServiceSecret(
        to name: String, secretID: SQLUUID, sealedSecret: String, createdAt: Timestamp, audit: SQL
    ) async throws(StorageError) -> SecretAddition {
        try await transaction { transaction throws(StorageError) in
            let id: String? = try await transaction.value(
                """
                SELECT service_key_id FROM service_keys
                 WHERE name = \(name) AND revoked_at IS NULL FOR UPDATE
                """)
            guard let id else { return .unknown }
            let live: Int? = try await transaction.value(
                """
                SELECT count(*) FROM service_key_secrets
                 WHERE service_key_id = \(id) AND revoked_at IS NULL
                """)
            guard let live, live < 2 else { return .full }
            try await transaction.execute(
                """
                WITH secret AS (
                    INSERT INTO service_key_secrets
                        (secret_id, service_key_id, sealed_secret, created_at)
                    VALUES (\(secretID), \(id), \(sealedSecret), \(createdAt))
                )
                \(sql: audit)
                """)
            return .added(id)
        }
    }

    func retireServiceSecrets(
        of name: String, at now: Timestamp, audit: SQL
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            WITH retired AS (
                UPDATE service_key_secrets AS s SET revoked_at = \(now)
                  FROM service_keys AS k
                 WHERE k.name = \(name) AND k.revoked_at IS NULL
                   AND s.service_key_id = k.service_key_id AND s.revoked_at IS NULL AND EXISTS (
                        SELECT FROM service_key_secrets AS n
                         WHERE n.service_key_id = k.service_key_id AND n.revoked_at IS NULL
                           AND (n.created_at, n.secret_id) > (s.created_at, s.secret_id))
                RETURNING s.secret_id
            )
            \(sql: audit)
            """) > 0
    }

    func revokeServiceKey(
        _ name: String, at now: Timestamp, audit: SQL
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            WITH revoked AS (
                UPDATE service_keys SET revoked_at = \(now)
                 WHERE name = \(name) AND revoked_at IS NULL RETURNING service_key_id
            ), ended AS (
                UPDATE service_key_secrets AS s SET revoked_at = \(now)
                  FROM revoked AS r
                 WHERE s.service_key_id = r.service_key_id AND s.revoked_at IS NULL
            )
            \(sql: audit)
            """) > 0
    }
}

extension ServiceKeyEntry: SQLRow {
    public init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
        name = try columns.next()
        scopes = ServiceScope.list(try columns.next())
        edge = try columns.next()
        createdAt = try columns.next()
        revokedAt = try columns.next()
        secrets = try columns.next()
        newestSecretAt = try columns.next()
    }
}

extension Database {
    /// Every key that was ever given out, by name, the newest of a name first.
    public func serviceKeys() async throws(StorageError) -> [ServiceKeyEntry] {
        try await rows(
            """
            SELECT k.service_key_id, k.name, k.scopes, k.edge, k.created_at, k.revoked_at,
                   count(*) FILTER (
                       WHERE s.revoked_at IS NULL AND k.revoked_at IS NULL), max(s.created_at)
              FROM service_keys AS k JOIN service_key_secrets AS s USING (service_key_id)
             GROUP BY k.service_key_id
             ORDER BY k.name, k.created_at DESC
            """)
    }
}
