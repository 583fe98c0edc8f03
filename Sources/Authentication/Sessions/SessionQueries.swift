import Determinism
import Identifiers
import Storage
import SuiProtocol

/// A new session about to be stored.
struct NewSession: Sendable {
    var id: SessionID
    var refreshHash: [UInt8]
    var createdAt: Timestamp
    var caller: CallerContext

    var expiresAt: Timestamp {
        createdAt.adding(milliseconds: RefreshTokens.sessionMilliseconds)
    }

    var refreshExpiresAt: Timestamp {
        createdAt.adding(milliseconds: RefreshTokens.lifetimeMilliseconds)
    }
}

/// How a presented refresh token stands.
struct RefreshTokenRow: SQLRow {
    var usedAt: Timestamp?
    var expiresAt: Timestamp
    var sessionEndedAt: Timestamp?
    var row: SessionRow

    init(from columns: inout SQLColumns) throws(StorageError) {
        usedAt = try columns.next()
        expiresAt = try columns.next()
        sessionEndedAt = try columns.next()
        row = try SessionRow(from: &columns)
    }
}

struct SessionIDRow: SQLRow {
    var id: SessionID

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.nextSessionID()
    }
}

struct SessionEndRow: SQLRow {
    var endedAt: Timestamp?

    init(from columns: inout SQLColumns) throws(StorageError) {
        endedAt = try columns.next()
    }
}

extension SQLColumns {
    mutating func nextSessionID() throws(StorageError) -> SessionID {
        let value: SQLUUID = try next()
        guard let uuid = UUIDv7(bytes: value.bytes) else {
            throw .unexpectedValue(column: "session_id")
        }
        return SessionID(uuid)
    }
}

extension SessionID {
    var sqlValue: SQLUUID { SQLUUID(bytes: uuid.bytes) }
}

extension Database {
    /// Finds or makes the customer and opens the session, in one statement and so in one commit.
    ///
    /// - Parameter candidate: the id of a customer seen for the first time. When it is taken, the
    ///   statement fails on `customers_pkey` and writes nothing.
    /// - Returns: nil, and nothing written, when the customer is closed, or was made by somebody
    ///   else between our look and our insert: then try again.
    func openSession(
        _ new: NewSession, for address: SuiAddress, candidate: CustomerID, audit: SQL
    ) async throws(StorageError) -> SessionRow? {
        try await first(
            """
            WITH known AS (
                SELECT \(sql: CustomerRow.columns) FROM customers
                 WHERE wallet_address = \(address.bytes)
            ), made AS (
                INSERT INTO customers (customer_id, wallet_address, created_at)
                SELECT \(candidate.number), \(address.bytes), \(new.createdAt)
                 WHERE NOT EXISTS (SELECT FROM known)
                ON CONFLICT (wallet_address) DO NOTHING
                RETURNING \(sql: CustomerRow.columns)
            ), c AS (
                SELECT * FROM known UNION ALL SELECT * FROM made
            ), s AS (
                INSERT INTO sessions (session_id, customer_id, created_at, last_used_at,
                    expires_at, client_ip, user_agent)
                SELECT \(new.id.sqlValue), customer_id, \(new.createdAt), \(new.createdAt),
                    \(new.expiresAt), \(new.caller.ip), \(new.caller.userAgent)
                  FROM c WHERE status = 'active'
                RETURNING *
            ), r AS (
                INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
                SELECT \(new.refreshHash), session_id, created_at, \(new.refreshExpiresAt) FROM s
            ), audited AS (\(sql: audit))
            SELECT \(sql: SessionRow.columns) FROM s JOIN c ON c.customer_id = s.customer_id
            """)
    }

    /// Uses a refresh token: the one caller who marks it gets the row.
    func rotateRefreshToken(
        _ hash: [UInt8], successorHash: [UInt8], at now: Timestamp, audit: SQL
    ) async throws(StorageError) -> SessionRow? {
        let expiresAt = now.adding(milliseconds: RefreshTokens.lifetimeMilliseconds)
        return try await first(
            """
            WITH used AS (
                UPDATE refresh_tokens AS t SET used_at = \(now)
                  FROM sessions AS s JOIN customers AS c ON c.customer_id = s.customer_id
                 WHERE t.token_hash = \(hash) AND t.used_at IS NULL AND t.expires_at > \(now)
                   AND s.session_id = t.session_id AND s.ended_at IS NULL
                   AND s.expires_at > \(now) AND c.status = 'active'
                RETURNING t.session_id, s.expires_at AS session_expires_at, s.customer_id
            ), successor AS (
                INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
                SELECT \(successorHash), session_id, \(now), least(\(expiresAt), session_expires_at)
                  FROM used
            ), s AS (
                UPDATE sessions SET last_used_at = greatest(last_used_at, \(now))
                  FROM used
                 WHERE sessions.session_id = used.session_id AND sessions.ended_at IS NULL
                RETURNING sessions.*
            ), audited AS (\(sql: audit))
            SELECT \(sql: SessionRow.columns) FROM s JOIN customers AS c
                ON c.customer_id = s.customer_id
            """)
    }

    func refreshToken(_ hash: [UInt8]) async throws(StorageError) -> RefreshTokenRow? {
        try await first(
            """
            SELECT t.used_at, t.expires_at, s.ended_at, \(sql: SessionRow.columns)
              FROM refresh_tokens AS t
              JOIN sessions AS s ON s.session_id = t.session_id
              JOIN customers AS c ON c.customer_id = s.customer_id
             WHERE t.token_hash = \(hash)
            """)
    }

    /// Ends live sessions and tells every gateway, in one statement.
    ///
    /// - Parameter which: a condition on `sessions`.
    /// - Returns: those that were live until now.
    func endSessions(
        _ which: SQL, reason: SessionEndReason, at now: Timestamp, audit: SQL
    ) async throws(StorageError) -> [SessionID] {
        let ended: [SessionIDRow] = try await rows(
            """
            WITH ended AS (
                UPDATE sessions SET ended_at = \(now), end_reason = \(reason.rawValue)
                 WHERE ended_at IS NULL AND \(sql: which)
                RETURNING session_id, customer_id
            ), noted AS (
                INSERT INTO session_ends (session_id) SELECT session_id FROM ended
                ON CONFLICT (session_id) DO NOTHING
            ), audited AS (\(sql: audit)), told AS (
                SELECT count(pg_notify('session_ended', '')) AS notified
                 FROM (SELECT 1 FROM ended LIMIT 1) AS any_ended
            )
            SELECT ended.session_id FROM ended, told
            """)
        return ended.map(\.id)
    }

    func liveSessions(
        of customer: CustomerID, at now: Timestamp
    ) async throws(StorageError) -> [SessionRow] {
        let idleSince = now.adding(milliseconds: -RefreshTokens.lifetimeMilliseconds)
        return try await rows(
            """
            SELECT \(sql: SessionRow.columns)
              FROM sessions AS s JOIN customers AS c ON c.customer_id = s.customer_id
             WHERE s.customer_id = \(customer.number) AND s.ended_at IS NULL
               AND s.expires_at > \(now) AND s.last_used_at > \(idleSince)
             ORDER BY s.created_at DESC, s.session_id DESC LIMIT 200
            """)
    }

    /// Nil when the session is unknown: removed long after its end.
    func sessionEnd(_ id: SessionID) async throws(StorageError) -> SessionEndRow? {
        try await first(
            "SELECT ended_at FROM sessions WHERE session_id = \(id.sqlValue)")
    }

    /// Sessions that can never be used again: over, idle past every token of theirs, or ended a
    /// day ago. Their refresh tokens go with them.
    func deleteDeadSessions(at now: Timestamp) async throws(StorageError) -> Int {
        let idleSince = now.adding(milliseconds: -RefreshTokens.lifetimeMilliseconds)
        let endedBefore = now.adding(milliseconds: -24 * 60 * 60 * 1000)
        return try await execute(
            """
            DELETE FROM sessions WHERE session_id IN (
                SELECT session_id FROM sessions
                 WHERE last_used_at < \(idleSince) OR expires_at < \(now)
                    OR ended_at < \(endedBefore)
                 LIMIT 1000)
            """)
    }

    /// Ends that every gateway has long heard of: no token of theirs can be alive.
    func deleteOldSessionEnds() async throws(StorageError) -> Int {
        try await execute(
            "DELETE FROM session_ends WHERE ended_at < clock_timestamp() - interval '1 hour'")
    }
}

extension SQL {
    /// A condition on `sessions`.
    static func isSession(ofRefreshToken hash: [UInt8]) -> SQL {
        "session_id = (SELECT session_id FROM refresh_tokens WHERE token_hash = \(hash))"
    }

    /// Ids of the sessions that ended after a moment.
    static func sessionsEnded(since moment: SQL) -> SQL {
        "SELECT session_id FROM session_ends WHERE ended_at > \(sql: moment)"
    }
}
