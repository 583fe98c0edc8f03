import Audit
import ByteCodecs
import Cryptography
import Determinism
public import Identifiers
import Observability
import Storage

/// What becomes of a session after the sign-in: refreshed, listed, ended.
public final class Sessions: Sendable {
    private let database: Database
    private let refreshTokens: RefreshTokens
    private let pairs: TokenPairs
    private let endedSessions: EndedSessions
    private let surroundings: Surroundings
    private let logger: Logger

    init(
        database: Database, refreshTokens: RefreshTokens, pairs: TokenPairs,
        endedSessions: EndedSessions, surroundings: Surroundings, logger: Logger
    ) {
        self.database = database
        self.refreshTokens = refreshTokens
        self.pairs = pairs
        self.endedSessions = endedSessions
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Takes a refresh token for its successor and a new access token.
    ///
    /// The same token within ten seconds gets the same successor, from any gateway; later it ends
    /// the session. When the database's answer is lost (``SessionError/storageUnavailable``), the
    /// client presents the same token again.
    public func refresh(
        _ token: String, caller: CallerContext
    ) async throws(SessionError) -> SignedIn {
        guard let presented = RefreshTokens.bytes(of: token) else { throw .refreshInvalid }
        guard let successor = try? refreshTokens.successor(of: presented) else {
            throw .storageUnavailable
        }
        let row =
            if let rotated = try await rotate(presented, to: successor, caller: caller) {
                rotated
            } else {
                try await graceRow(of: presented, caller: caller)
            }
        guard let signedIn = pairs.signedIn(row, refreshToken: successor) else {
            throw .storageUnavailable
        }
        return signedIn
    }

    /// A name for the bucket of a token's session in the limits, without revealing the token.
    /// Successive tokens of a session have different names; the per-client limit bounds those.
    public static func limitKey(forRefreshToken token: String) -> String {
        Hex.encode(SHA256.hash(Array(token.utf8)).prefix(16))
    }

    /// Live sessions, newest first, at most 200.
    public func list(of customer: CustomerID) async throws(SessionError) -> [Session] {
        do {
            return try await database.liveSessions(of: customer, at: surroundings.now())
                .map(\.session)
        } catch {
            throw .storageUnavailable
        }
    }

    /// - Throws: ``SessionError/sessionUnknown`` when it is not a live session of `customer`.
    public func end(
        _ session: SessionID, of customer: CustomerID, reason: SessionEndReason,
        caller: CallerContext
    ) async throws(SessionError) {
        let ended = try await end(
            "session_id = \(session.sqlValue) AND customer_id = \(customer.number)",
            reason: reason, caller: caller)
        guard !ended.isEmpty else { throw .sessionUnknown }
    }

    /// Logs out with nothing but a refresh token. An unknown one changes nothing and is no error:
    /// the caller wanted to be signed out and is.
    public func endByRefreshToken(
        _ token: String, caller: CallerContext
    ) async throws(SessionError) {
        guard let presented = RefreshTokens.bytes(of: token) else { return }
        let hash = RefreshTokens.hash(of: presented)
        _ = try await end(
            .isSession(ofRefreshToken: hash), reason: .logout, caller: caller)
    }

    /// - Returns: how many were ended.
    public func endAll(
        of customer: CustomerID, except kept: SessionID, caller: CallerContext
    ) async throws(SessionError) -> Int {
        try await end(
            "customer_id = \(customer.number) AND session_id <> \(kept.sqlValue)",
            reason: .endedOthers, caller: caller
        ).count
    }

    private func rotate(
        _ presented: [UInt8], to successor: [UInt8], caller: CallerContext
    ) async throws(SessionError) -> SessionRow? {
        let now = surroundings.now()
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success, caller: caller)
        do {
            return try await database.rotateRefreshToken(
                RefreshTokens.hash(of: presented),
                successorHash: RefreshTokens.hash(of: successor), at: now,
                audit: record.insertion(
                    at: now, selecting: "session_id, customer_id FROM used"))
        } catch {
            throw .storageUnavailable
        }
    }

    /// The token was not there to be rotated: a lost answer's second try, a thief, or nonsense.
    private func graceRow(
        of presented: [UInt8], caller: CallerContext
    ) async throws(SessionError) -> SessionRow {
        let found: RefreshTokenRow?
        do {
            found = try await database.refreshToken(RefreshTokens.hash(of: presented))
        } catch {
            throw .storageUnavailable
        }
        let now = surroundings.now()
        guard let found, found.sessionEndedAt == nil else { throw .refreshInvalid }
        guard found.row.session.expiresAt > now else { throw .refreshExpired }
        guard found.row.customer.status == .active else { throw .customerClosed }
        guard let usedAt = found.usedAt else { throw .refreshExpired }
        if now.milliseconds - usedAt.milliseconds <= RefreshTokens.graceMilliseconds {
            return found.row
        }
        try await endStolen(found.row.session.id, caller: caller)
        throw .refreshReused
    }

    private func endStolen(
        _ session: SessionID, caller: CallerContext
    ) async throws(SessionError) {
        logger.warning(
            "a used refresh token was presented again; its session ends",
            ("sessionId", .text(session.description)), ("requestId", .text(caller.requestID)))
        _ = try await end(
            "session_id = \(session.sqlValue)", reason: .refreshReused, caller: caller)
    }

    private func end(
        _ which: SQL, reason: SessionEndReason, caller: CallerContext
    ) async throws(SessionError) -> [SessionID] {
        let now = surroundings.now()
        let record = AuditRecord(
            action: reason == .refreshReused ? .refreshReused : .sessionEnded,
            outcome: .success, reason: reason.rawValue, caller: caller)
        do {
            let ended = try await database.endSessions(
                which, reason: reason, at: now,
                audit: record.insertion(
                    at: now, selecting: "session_id, customer_id FROM ended"))
            endedSessions.add(ended)
            return ended
        } catch {
            throw .storageUnavailable
        }
    }
}
