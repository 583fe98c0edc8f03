import Audit
import ByteCodecs
import Cryptography
public import Determinism
public import Identifiers
import Observability
import Storage

/// What becomes of a session after the sign-in: refreshed, listed, ended.
public final class Sessions: Sendable {
    /// Sessions ended by one statement.
    private static let endLimit = 500

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
        do {
            return try await refreshed(token, caller: caller)
        } catch {
            await auditRefusal(error, caller: caller)
            throw error
        }
    }

    private func refreshed(
        _ token: String, caller: CallerContext
    ) async throws(SessionError) -> SignedIn {
        guard let presented = RefreshTokens.bytes(of: token) else { throw .refreshInvalid }
        guard let signer = pairs.signer,
            let successor = try? refreshTokens.successor(of: presented)
        else { throw .storageUnavailable }
        let row =
            if let rotated = try await rotate(presented, to: successor, caller: caller) {
                rotated
            } else {
                try await graceRow(of: presented, caller: caller)
            }
        guard let signedIn = pairs.signedIn(row, refreshToken: successor, by: signer) else {
            throw .storageUnavailable
        }
        return signedIn
    }

    /// A name for the bucket of a token's session in the limits, without revealing the token.
    /// Successive tokens of a session have different names; each refresh carries the bucket over
    /// to its successor's.
    public static func limitKey(forRefreshToken token: String) -> String {
        Hex.encode(SHA256.hash(Array(token.utf8)).prefix(16))
    }

    /// Live sessions, newest first.
    ///
    /// - Parameters:
    ///   - before: the last one of the page before; nil for the first page.
    ///   - limit: how many at most.
    public func list(
        of customer: CustomerID, before: (createdAt: Timestamp, id: SessionID)?, limit: Int
    ) async throws(SessionError) -> [Session] {
        do {
            return try await database.liveSessions(
                of: customer, before: before, limit: limit, at: surroundings.now()
            ).map(\.session)
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
            .isSession(session, of: customer), aimedAt: session, reason: reason, caller: caller)
        guard ended > 0 else { throw .sessionUnknown }
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
            .isOtherSession(than: kept, of: customer), reason: .endedOthers, caller: caller)
    }

    private func rotate(
        _ presented: [UInt8], to successor: [UInt8], caller: CallerContext
    ) async throws(SessionError) -> SessionRow? {
        let now = surroundings.now()
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success, caller: caller)
        do {
            return try await database.rotateRefreshToken(
                RefreshTokens.hash(of: presented),
                successorHash: RefreshTokens.hash(of: successor), at: now, by: caller,
                audit: record.insertion(at: now, selecting: .openSession))
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
            await write(
                AuditRecord(
                    action: .sessionRefreshed, outcome: .success, reason: "grace",
                    customerID: found.row.customer.id, sessionID: found.row.session.id,
                    caller: caller), caller)
            return found.row
        }
        try await endStolen(found.row.session.id, caller: caller)
        throw .refreshReused
    }

    private func endStolen(
        _ session: SessionID, caller: CallerContext
    ) async throws(SessionError) {
        logger.with(traceparent: caller.traceParent).warning(
            "a used refresh token was presented again; its session ends",
            ("sessionId", .text(session.description)), ("requestId", .text(caller.requestID)))
        _ = try await end(
            .isSession(session), aimedAt: session, reason: .refreshReused, caller: caller)
    }

    /// Reuse has a record of its own, written with the end of the session.
    private func auditRefusal(_ error: SessionError, caller: CallerContext) async {
        guard let reason = error.refreshAuditReason else { return }
        await write(
            AuditRecord(
                action: .refreshFailed, outcome: .failure, reason: reason, caller: caller), caller)
    }

    /// Beside the answer, which a failure to write does not change.
    private func write(_ record: AuditRecord, _ caller: CallerContext) async {
        do {
            try await database.execute(record.insertion(at: surroundings.now()))
        } catch {
            logger.with(traceparent: caller.traceParent).error(
                "a refresh could not be written to the audit log",
                ("requestId", .text(record.requestID ?? "")))
        }
    }

    /// - Parameter target: the one session meant, if it is one. When the answer is lost, it counts as
    ///   ended here at once: whoever asked wanted that, and news may come late.
    /// - Returns: how many were ended.
    private func end(
        _ which: SQL, aimedAt target: SessionID? = nil, reason: SessionEndReason,
        caller: CallerContext
    ) async throws(SessionError) -> Int {
        let now = surroundings.now()
        let record = AuditRecord(
            action: reason == .refreshReused ? .refreshReused : .sessionEnded,
            outcome: .success, reason: reason.rawValue, caller: caller)
        var total = 0
        while true {
            let ended: [SessionID]
            do {
                ended = try await database.endSessions(
                    which, limit: Self.endLimit, reason: reason, at: now,
                    audit: record.insertion(at: now, selecting: .endedSessions))
            } catch {
                if error == .connectionLost, let target { endedSessions.add([target]) }
                throw .storageUnavailable
            }
            endedSessions.add(ended)
            total += ended.count
            if ended.count < Self.endLimit { return total }
        }
    }
}
