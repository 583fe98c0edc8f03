public import Determinism
public import Storage

/// Forgets transactions that were handed out, or named, and never came to anything.
public struct WalletUpkeep: Sendable {
    /// A week: none of them can run for more than two epochs, of a day each.
    private static let keptMilliseconds: Int64 = 7 * 24 * 60 * 60 * 1000
    private static let biteSize = 5000
    private static let bites = 200

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// - Returns: how many rows went.
    @discardableResult
    public func remove() async throws(StorageError) -> Int {
        let moment = surroundings.now().adding(milliseconds: -Self.keptMilliseconds)
        var total = 0
        for _ in 0..<Self.bites where !Task.isCancelled {
            let count = try await database.deleteIdleWalletTransactions(
                before: moment, limit: Self.biteSize)
            total += count
            if count == 0 { break }
        }
        return total
    }
}
