import Audit
public import ByteCodecs
public import Determinism
public import Identifiers
public import Storage

/// Asks the leader to give an operation up: a planned one is withdrawn, a signed one is cancelled
/// on chain, and whichever of it and its cancellation runs first decides.
public struct Cancellations: Sendable {
    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// Each time it is asked for is on record in the audit log, in the same commit.
    ///
    /// - Parameter asker: who asks, as it stands in the record under `operator`.
    /// - Returns: false where it has an outcome already, or there is no such operation.
    public func ask(for id: ChargeID, by asker: JSONValue) async throws(StorageError) -> Bool {
        let now = surroundings.now()
        let record = AuditRecord(
            action: .chargeCancelAsked, outcome: .success,
            details: ["charge": .string("\(id)"), "operator": asker])
        return try await database.askToCancel(
            id, at: now, audit: record.insertion(at: now, selecting: .chargeToCancel))
    }
}
