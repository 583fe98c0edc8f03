/// Runs statements on a ``Database``, each for itself, but in one commit with others like it that
/// wait at the same moment.
///
/// For statements that many callers run at once, that are short, and that take no lock but the one
/// that `order` names. Answers and errors are those of the statement alone.
public struct SharedCommit: StatementRunner {
    fileprivate let database: Database
    fileprivate let order: [UInt8]

    public func perform<Value: Sendable>(
        _ sql: SQL,
        _ read: @escaping @Sendable (borrowing StatementAnswer) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await database.performSharing(order: order, sql, read)
    }
}

extension Database {
    /// - Parameter order: names the row that a statement locks, the same for everybody who does:
    ///   statements in one commit run in this order, so that two commits never wait for each other.
    public func sharingCommit(inOrderOf order: [UInt8]) -> SharedCommit {
        SharedCommit(database: self, order: order)
    }
}
