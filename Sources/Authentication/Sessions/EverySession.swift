import Audit
public import Determinism
public import Storage

/// All sessions of all customers.
public struct EverySession: Sendable {
    /// Sessions ended by one statement.
    private static let limit = 500

    private let surroundings: Surroundings

    public init(surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Ends some of those that live, and tells every gateway: for a database that was set back, in
    /// which a session may live again that had been ended.
    ///
    /// - Parameter transaction: of whoever may decide that it was set back; to be called again, in
    ///   another one, as long as there may be more.
    /// - Returns: whether there may be more.
    public func endSome(in transaction: Transaction) async throws(StorageError) -> Bool {
        let reason = SessionEndReason.databaseRestored
        let now = surroundings.now()
        let record = AuditRecord(
            action: .sessionEnded, outcome: .success, reason: reason.rawValue)
        let ended = try await transaction.endSessions(
            "true", limit: Self.limit, reason: reason, at: now,
            audit: record.insertion(at: now, selecting: .endedSessions))
        return ended.count == Self.limit
    }
}
