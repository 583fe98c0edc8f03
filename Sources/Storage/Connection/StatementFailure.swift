/// How a statement on one connection failed.
enum StatementFailure: Error, Equatable {
    /// The server cannot have run it: it was never wholly sent. The connection is closed.
    case notSent
    /// Sent, and the answer did not come in time or not at all. The connection is closed.
    case lost
    /// The server says no. Unless the refusal is fatal, the connection is good.
    case refused(ServerRefusal)

    /// For a statement that commits by itself.
    var storageError: StorageError {
        switch self {
        case .notSent: .unavailable
        case .lost: .connectionLost
        case .refused(let refusal): refusal.isFatal ? .connectionLost : refusal.storageError
        }
    }

    /// For a statement in a transaction that has not begun to commit: whatever became of the
    /// statement, without a commit nothing was done.
    var storageErrorBeforeCommit: StorageError {
        switch self {
        case .notSent, .lost: .unavailable
        case .refused(let refusal): refusal.isFatal ? .unavailable : refusal.storageError
        }
    }
}
