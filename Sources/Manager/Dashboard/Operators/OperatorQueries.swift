import Determinism
public import Storage

extension OperatorEntry: SQLRow {
    public init(from columns: inout SQLColumns) throws(StorageError) {
        name = try columns.next()
        createdAt = try columns.next()
        revokedAt = try columns.next()
        lastUsedAt = try columns.next()
    }
}

struct SecretRow: SQLRow {
    var name: String
    var hash: [UInt8]

    init(from columns: inout SQLColumns) throws(StorageError) {
        name = try columns.next()
        hash = try columns.next()
    }
}

extension Database {
    func operators() async throws(StorageError) -> [OperatorEntry] {
        try await rows(
            """
            SELECT name, created_at, revoked_at, (
                SELECT max(last_used_at) FROM operator_sessions AS s WHERE s.operator = o.name)
              FROM operators AS o ORDER BY revoked_at IS NOT NULL, name
            """)
    }

    /// Of operators that were not revoked.
    func operatorSecret(name: String) async throws(StorageError) -> SecretRow? {
        try await first(
            """
            SELECT name, secret_hash FROM operators WHERE name = \(name) AND revoked_at IS NULL
            """)
    }

    func operatorSecret(hash: [UInt8]) async throws(StorageError) -> SecretRow? {
        try await first(
            """
            SELECT name, secret_hash FROM operators
             WHERE secret_hash = \(hash) AND revoked_at IS NULL
            """)
    }

    /// Whose session it is, if it is alive; that it was used is written once a minute.
    func operatorOfSession(
        _ hash: [UInt8], at now: Timestamp, idleSince: Timestamp
    ) async throws(StorageError) -> String? {
        let minuteAgo = now.adding(seconds: -60)
        return try await value(
            """
            WITH touched AS (
                UPDATE operator_sessions SET last_used_at = \(now)
                 WHERE token_hash = \(hash) AND last_used_at < \(minuteAgo)
                   AND last_used_at > \(idleSince) AND expires_at > \(now))
            SELECT s.operator FROM operator_sessions AS s
              JOIN operators AS o ON o.name = s.operator
             WHERE s.token_hash = \(hash) AND s.expires_at > \(now)
               AND s.last_used_at > \(idleSince) AND o.revoked_at IS NULL
            """)
    }
}

extension Transaction {
    func deleteOperatorSession(_ hash: [UInt8]) async throws(StorageError) {
        try await execute("DELETE FROM operator_sessions WHERE token_hash = \(hash)")
    }

    /// Ends the sessions as well.
    ///
    /// - Returns: false where there is no such operator, or no more.
    func replaceSecret(of name: String, hash: [UInt8]) async throws(StorageError) -> Bool {
        let count = try await execute(
            """
            UPDATE operators SET secret_hash = \(hash) WHERE name = \(name) AND revoked_at IS NULL
            """)
        try await execute("DELETE FROM operator_sessions WHERE operator = \(name)")
        return count == 1
    }

    /// - Returns: false where the name was given before.
    func insertOperator(
        _ name: String, hash: [UInt8], at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            INSERT INTO operators (name, secret_hash, created_at)
            VALUES (\(name), \(hash), \(now)) ON CONFLICT (name) DO NOTHING
            """) == 1
    }

    /// Ends the sessions as well.
    ///
    /// - Returns: false where there is no such operator, or no more.
    func revokeOperator(_ name: String, at now: Timestamp) async throws(StorageError) -> Bool {
        let count = try await execute(
            """
            UPDATE operators SET revoked_at = \(now) WHERE name = \(name) AND revoked_at IS NULL
            """)
        try await execute("DELETE FROM operator_sessions WHERE operator = \(name)")
        return count == 1
    }

    /// Sessions that are over go on this occasion.
    ///
    /// - Parameter secret: as it was found right; changed since, it opens nothing.
    /// - Returns: whether there is a session now.
    func insertOperatorSession(
        _ hash: [UInt8], of secret: SecretRow, at now: Timestamp, expires: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute("DELETE FROM operator_sessions WHERE expires_at <= \(now)")
        return try await execute(
            """
            INSERT INTO operator_sessions (token_hash, operator, created_at, last_used_at,
                expires_at)
            SELECT \(hash), name, \(now), \(now), \(expires) FROM operators
             WHERE name = \(secret.name) AND secret_hash = \(secret.hash) AND revoked_at IS NULL
               FOR SHARE
            """) == 1
    }
}
