/// How a transaction uses a shared object. Raw values are the BCS indices.
public enum SharedMutability: Int, Sendable, Comparable {
    case immutable = 0
    case mutable = 1
    /// Of the system's own transactions; read, never written by us.
    case nonExclusiveWrite = 2

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
