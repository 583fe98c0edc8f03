public import Determinism
import Observability
public import Storage

/// Removes what time has made useless: challenges, sessions with their tokens, dead keys.
///
/// Any number of gateways may do so at once; each statement takes a bounded bite.
public struct ExpiredRows: Sendable {
    /// An expired challenge is kept this long, so that who comes late hears why.
    private static let nonceGraceMilliseconds: Int64 = 10 * 60 * 1000

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// - Returns: how many rows went.
    @discardableResult
    public func remove() async throws(StorageError) -> Int {
        let now = surroundings.now()
        let expiredBefore = now.adding(milliseconds: -Self.nonceGraceMilliseconds)
        return try await database.deleteNonces(expiredBefore: expiredBefore)
            + database.deleteDeadSessions(at: now)
            + database.deleteOldSessionEnds()
            + database.deleteDeadSigningKeys(at: now)
    }
}
