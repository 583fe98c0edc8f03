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
    var sessionEndedAt: Timestamp?
    var row: SessionRow

    init(from columns: inout SQLColumns) throws(StorageError) {
        usedAt = try columns.next()
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

/// What the feed of ended sessions reads.
struct SessionNewsRow: SQLRow {
    /// Nil in the one row that is always there.
    var ended: SessionID?
    var serverTime: Timestamp

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id: SQLUUID? = try columns.next()
        ended = id.flatMap { UUIDv7(bytes: $0.bytes) }.map(SessionID.init)
        serverTime = try columns.next()
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
        try await sharing(address).first(
            """
            WITH known AS (
                SELECT \(sql: CustomerRow.stored) FROM customers
                 WHERE wallet_address = \(address.bytes)
            ), made AS (
                INSERT INTO customers (customer_id, wallet_address, created_at)
                SELECT \(candidate.number), \(address.bytes), \(new.createdAt)
                 WHERE NOT EXISTS (SELECT FROM known)
                ON CONFLICT (wallet_address) DO NOTHING
                RETURNING \(sql: CustomerRow.stored)
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

    /// With the challenges and sign-ins of others that come at the same moment. Who makes the same
    /// customer waits for the one who came first.
    private func sharing(_ address: SuiAddress) -> SharedCommit {
        sharingCommit(inOrderOf: Array("wallet ".utf8) + address.bytes)
    }

    /// Uses a refresh token: the one caller who marks it gets the row.
    func rotateRefreshToken(
        _ hash: [UInt8], successorHash: [UInt8], at now: Timestamp, by caller: CallerContext,
        audit: SQL
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
                RETURNING t.session_id
            ), s AS (
                UPDATE sessions SET last_used_at = greatest(last_used_at, \(now)),
                    client_ip = \(caller.ip), user_agent = \(caller.userAgent)
                  FROM used
                 WHERE sessions.session_id = used.session_id AND sessions.ended_at IS NULL
                RETURNING sessions.*
            ), successor AS (
                INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
                SELECT \(successorHash), session_id, \(now), least(\(expiresAt), expires_at) FROM s
            ), audited AS (\(sql: audit))
            SELECT \(sql: SessionRow.columns) FROM s JOIN customers AS c
                ON c.customer_id = s.customer_id
            """)
    }

    func refreshToken(_ hash: [UInt8]) async throws(StorageError) -> RefreshTokenRow? {
        try await first(
            """
            SELECT t.used_at, s.ended_at, \(sql: SessionRow.columns)
              FROM refresh_tokens AS t
              JOIN sessions AS s ON s.session_id = t.session_id
              JOIN customers AS c ON c.customer_id = s.customer_id
             WHERE t.token_hash = \(hash)
            """)
    }

    /// - Parameter before: the last one of the page before; nil for the first page.
    func liveSessions(
        of customer: CustomerID, before: (createdAt: Timestamp, id: SessionID)?, limit: Int,
        at now: Timestamp
    ) async throws(StorageError) -> [SessionRow] {
        let idleSince = now.adding(milliseconds: -RefreshTokens.lifetimeMilliseconds)
        let isFurther: SQL =
            if let before {
                "(s.created_at, s.session_id) < (\(before.createdAt), \(before.id.sqlValue))"
            } else {
                "true"
            }
        return try await rows(
            """
            SELECT \(sql: SessionRow.columns)
              FROM sessions AS s JOIN customers AS c ON c.customer_id = s.customer_id
             WHERE s.customer_id = \(customer.number) AND s.ended_at IS NULL
               AND s.expires_at > \(now) AND s.last_used_at > \(idleSince)
               AND \(sql: isFurther)
             ORDER BY s.created_at DESC, s.session_id DESC LIMIT \(limit)
            """)
    }

    /// Nil when the session is unknown: removed long after its end.
    func sessionEnd(_ id: SessionID) async throws(StorageError) -> SessionEndRow? {
        try await first(
            "SELECT ended_at FROM sessions WHERE session_id = \(id.sqlValue)")
    }
}

extension StatementRunner {
    /// Ends live sessions and tells every gateway, in one statement.
    ///
    /// - Parameters:
    ///   - which: a condition on `sessions`.
    ///   - limit: how many at most, so that a statement ends in its time.
    /// - Returns: those that were live until now.
    func endSessions(
        _ which: SQL, limit: Int, reason: SessionEndReason, at now: Timestamp, audit: SQL
    ) async throws(StorageError) -> [SessionID] {
        let ended: [SessionIDRow] = try await rows(
            """
            WITH ended AS (
                UPDATE sessions SET ended_at = \(now), end_reason = \(reason.rawValue)
                 WHERE session_id IN (
                    SELECT session_id FROM sessions
                     WHERE ended_at IS NULL AND \(sql: which) LIMIT \(limit) FOR UPDATE)
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
}

extension SQL {
    /// A condition on `sessions`, as are the next three.
    static func isSession(ofRefreshToken hash: [UInt8]) -> SQL {
        "session_id = (SELECT session_id FROM refresh_tokens WHERE token_hash = \(hash))"
    }

    static func isSession(_ id: SessionID) -> SQL { "session_id = \(id.sqlValue)" }

    static func isSession(_ id: SessionID, of customer: CustomerID) -> SQL {
        "session_id = \(id.sqlValue) AND customer_id = \(customer.number)"
    }

    static func isOtherSession(than id: SessionID, of customer: CustomerID) -> SQL {
        "customer_id = \(customer.number) AND session_id <> \(id.sqlValue)"
    }

    /// Columns of the session that a statement opened or refreshed, for its audit record.
    static let openSession: SQL = "session_id, customer_id FROM s"
    static let endedSessions: SQL = "session_id, customer_id FROM ended"

    /// Sessions that ended since 20 s before a moment of the database's clock, or since any token
    /// of theirs may be alive; and that clock, also when none did.
    static func sessionsEnded(since moment: Timestamp?) -> SQL {
        """
        SELECT e.session_id, clock_timestamp() FROM (
            SELECT session_id FROM session_ends
             WHERE ended_at > coalesce(
                \(moment) - interval '20 seconds', clock_timestamp() - interval '16 minutes')
            UNION ALL SELECT NULL) AS e
        """
    }
}
