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

    /// - Returns: false where it has an outcome already, or there is no such operation.
    public func ask(for id: ChargeID) async throws(StorageError) -> Bool {
        try await database.askToCancel(id, at: surroundings.now())
    }
}
