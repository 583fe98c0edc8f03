public import Storage

/// Why a leader's write was not done.
public enum LeaderError: Error, Equatable, Sendable {
    /// Another leads now, or the database is another one. Nothing was done, and nothing of this
    /// generation ever will be.
    case deposed
    case storage(StorageError)
}

extension LeaderError {
    /// It may have been done or not: the caller looks.
    var isOutcomeUnknown: Bool { self == .storage(.connectionLost) }
}
