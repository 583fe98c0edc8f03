public import Storage

/// Why an operator was not made, changed or let in.
public enum OperatorRefusal: Error, Equatable, Sendable {
    /// Letters, digits, `_`, `.` and `-`, beginning with a letter or digit, 64 at most.
    case nameInvalid
    /// There is, or was, one of that name; names are given once.
    case nameTaken
    case nameUnknown
    /// Too many wrong secrets within a minute.
    case throttled
    case storage(StorageError)
}
