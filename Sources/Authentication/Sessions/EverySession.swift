import Audit
public import Determinism
public import Storage

/// All sessions of all customers.
public struct EverySession: Sendable {
    /// Sessions ended by one statement.
    private static let limit = 500

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// Ends those that live, and tells every gateway: for a database that was set back, in which a
    /// session may live again that had been ended.
    ///
    /// - Returns: how many.
    @discardableResult
    public func end() async throws(StorageError) -> Int {
        let reason = SessionEndReason.databaseRestored
        var count = 0
        while true {
            let now = surroundings.now()
            let record = AuditRecord(
                action: .sessionEnded, outcome: .success, reason: reason.rawValue)
            let ended = try await database.endSessions(
                "true", limit: Self.limit, reason: reason, at: now,
                audit: record.insertion(at: now, selecting: .endedSessions))
            count += ended.count
            if ended.count < Self.limit { return count }
        }
    }
}
