public import Determinism
import Idempotency
import Observability
public import Storage

/// Removes what time has made useless: challenges, sessions with their tokens, dead keys, answers
/// that nobody will ask for again.
///
/// Any number of gateways may do so at once; each statement takes a bounded bite.
public struct ExpiredRows: Sendable {
    /// How long what is over is kept, in milliseconds.
    public struct Kept: Sendable {
        /// An expired challenge, so that who comes late hears why.
        public var challenges: Int64 = 10 * 60 * 1000
        /// An ended session, for whoever asks why a device was signed out.
        public var endedSessions: Int64 = 24 * 60 * 60 * 1000
        /// The whole first answer, for a request that comes again.
        public var answers: Int64 = 30 * 24 * 60 * 60 * 1000

        public init() {}
    }

    /// How many bites one call takes of each kind: an hour's worth of the busiest gateway.
    private static let bites = 200

    private let database: Database
    private let surroundings: Surroundings
    private let kept: Kept
    private let biteSize: Int

    /// - Parameter biteSize: rows of one statement.
    public init(
        database: Database, surroundings: Surroundings, kept: Kept = Kept(), biteSize: Int = 5000
    ) {
        self.database = database
        self.kept = kept
        self.surroundings = surroundings
        self.biteSize = biteSize
    }

    /// In this order: tokens before sessions, so that no session takes thousands of tokens along
    /// in one statement.
    private enum Kind: CaseIterable {
        case nonces, refreshTokens, idleSessions, pastSessions, endedSessions, sessionEnds
        case signingKeys, answers, serviceNonces
    }

    /// Goes on until nothing is left, so that no rate of sign-ins outgrows it. What fails does not
    /// keep the rest from going.
    ///
    /// - Returns: how many rows went.
    /// - Throws: the last failure, after everything was tried.
    @discardableResult
    public func remove() async throws(StorageError) -> Int {
        let now = surroundings.now()
        var count = 0
        var failure: StorageError?
        for kind in Kind.allCases {
            do {
                count += try await removeAll(kind, at: now)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return count
    }

    private func removeAll(_ kind: Kind, at now: Timestamp) async throws(StorageError) -> Int {
        var total = 0
        for _ in 0..<Self.bites where !Task.isCancelled {
            let count = try await removeSome(kind, at: now)
            total += count
            if count == 0 { break }
        }
        return total
    }

    private func removeSome(_ kind: Kind, at now: Timestamp) async throws(StorageError) -> Int {
        switch kind {
        case .nonces:
            let moment = now.adding(milliseconds: -kept.challenges)
            return try await database.deleteNonces(expiredBefore: moment, limit: biteSize)
        case .refreshTokens:
            return try await database.deleteRefreshTokens(expiredBefore: now, limit: biteSize)
        case .idleSessions:
            let since = now.adding(milliseconds: -RefreshTokens.lifetimeMilliseconds)
            return try await database.deleteSessions(.idle(since: since), limit: sessionBiteSize)
        case .pastSessions:
            return try await database.deleteSessions(.over(at: now), limit: sessionBiteSize)
        case .endedSessions:
            let moment = now.adding(milliseconds: -kept.endedSessions)
            return try await database.deleteSessions(
                .ended(before: moment), limit: sessionBiteSize)
        case .sessionEnds: return try await database.deleteOldSessionEnds(limit: biteSize)
        case .answers:
            let moment = now.adding(milliseconds: -kept.answers)
            return try await database.forgetAnswers(before: moment, limit: biteSize)
        case .serviceNonces:
            return try await database.deleteServiceNonces(expiredBefore: now, limit: biteSize)
        case .signingKeys: return try await database.deleteDeadSigningKeys(at: now)
        }
    }

    /// A session may still have the tokens of its last 30 days.
    private var sessionBiteSize: Int { max(1, biteSize / 50) }
}
