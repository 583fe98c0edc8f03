public import Storage

/// Why a leader's write was not done.
public enum LeaderError: Error, Equatable, Sendable {
    /// Another leads now, or the database is another one. Nothing was done, and nothing of this
    /// generation ever will be.
    case deposed
    case storage(StorageError)
}
