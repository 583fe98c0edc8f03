/// Why the database did not do what was asked. Holds no SQL and no value of a row.
public enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nothing was done, and nothing of it will be: the database is away, frozen or overloaded.
    case unavailable
    /// Sent, and no answer came: it may have been done or not. The caller finds out or decides.
    case connectionLost
    /// Refused by the constraint of that name; the statement, or its transaction, did nothing.
    /// For NOT NULL the name is the column's.
    case constraintViolated(name: String, kind: ConstraintKind)
    /// Lost against a concurrent transaction; nothing was done, and trying again may succeed.
    case serialization
    /// The server refused the statement for another reason, and did nothing.
    /// Codes: PostgreSQL documentation, appendix A.
    case rejected(sqlState: String)
    /// The statement was done, and a column holds what the code that reads it did not expect.
    case unexpectedValue(column: String)

    public var description: String {
        switch self {
        case .unavailable: "the database is not available"
        case .connectionLost: "the connection to the database was lost before its answer"
        case .constraintViolated(let name, let kind): "\(kind) constraint \(name) is violated"
        case .serialization: "a concurrent transaction was in the way"
        case .rejected(let sqlState): "the database refused the statement (\(sqlState))"
        case .unexpectedValue(let column): "unexpected value in column \(column)"
        }
    }
}

/// What kind of promise a constraint makes.
public enum ConstraintKind: String, Sendable {
    case unique, foreignKey, check, notNull, exclusion, restrict
}
