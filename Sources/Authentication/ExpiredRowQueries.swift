import Determinism
import Storage

/// Bites out of what has expired, oldest first. Rows that another gateway is removing at this
/// moment are passed over, so that two never wait for each other.
extension Database {
    func deleteNonces(
        expiredBefore moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM auth_nonces WHERE nonce IN (
                SELECT nonce FROM auth_nonces WHERE expires_at < \(moment)
                 ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
    }

    func deleteServiceNonces(
        expiredBefore moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM service_nonces WHERE (service_key_id, nonce) IN (
                SELECT service_key_id, nonce FROM service_nonces WHERE expires_at < \(moment)
                 ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
    }

    /// Refresh tokens of the sessions go with them.
    func deleteSessions(_ which: DeadSessions, limit: Int) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM sessions WHERE session_id IN (
                SELECT session_id FROM sessions WHERE \(sql: which.condition)
                 LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
    }

    /// Used and unused ones alike: past its time a token proves nothing any more.
    func deleteRefreshTokens(
        expiredBefore moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM refresh_tokens WHERE token_hash IN (
                SELECT token_hash FROM refresh_tokens WHERE expires_at < \(moment)
                 ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
    }

    /// Ends that every gateway has long heard of: no token of theirs can be alive.
    func deleteOldSessionEnds(limit: Int) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM session_ends WHERE session_id IN (
                SELECT session_id FROM session_ends
                 WHERE ended_at < clock_timestamp() - interval '1 hour'
                 ORDER BY ended_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
    }
}

/// Sessions that can never be used again; each kind has an index of its own.
enum DeadSessions {
    /// Unused for longer than any refresh token lives.
    case idle(since: Timestamp)
    /// Past their 90 days.
    case over(at: Timestamp)
    case ended(before: Timestamp)

    fileprivate var condition: SQL {
        switch self {
        case .idle(let moment): "last_used_at < \(moment)"
        case .over(let moment): "expires_at < \(moment)"
        case .ended(let moment): "ended_at < \(moment)"
        }
    }
}
