import CPostgres

/// An error that the server reported.
struct ServerRefusal: Error, Equatable {
    var sqlState: String
    /// The server ended the session with it, so whether earlier work was committed is open.
    var isFatal: Bool
    var constraint: String?
    var column: String?
    /// The server's own words. May quote values of a row: for an operator at a terminal only.
    var message: String

    /// - Parameter result: a `PGresult` of status `PGRES_FATAL_ERROR`.
    /// - Returns: nil when the error is the client library's own, with no word from the server.
    init?(_ result: OpaquePointer) {
        // The codes of `postgres_ext.h`: character constants that Swift does not import.
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue else { return nil }
            return PQresultErrorField(result, Int32(ascii)).map { String(cString: $0) }
        }
        guard let sqlState = field("C") else { return nil }
        self.sqlState = sqlState
        let severity = field("V")
        isFatal = severity == "FATAL" || severity == "PANIC"
        constraint = field("n")
        column = field("c")
        message = field("M") ?? ""
    }

    /// What it means for the caller. Codes: PostgreSQL documentation, appendix A.
    var storageError: StorageError {
        if let kind = constraintKind {
            return .constraintViolated(name: constraint ?? column ?? "", kind: kind)
        }
        switch sqlState {
        case "40003": return .connectionLost
        case "40001", "40P01": return .serialization
        // Cancelled, waited too long for a lock, shutting down, read-only standby.
        case "57014", "55P03", "57P01", "57P02", "57P03", "57P05", "25006", "25P03":
            return .unavailable
        case _ where ["08", "53", "58"].contains(sqlState.prefix(2)): return .unavailable
        default: return .rejected(sqlState: sqlState)
        }
    }

    private var constraintKind: ConstraintKind? {
        switch sqlState {
        case "23505": .unique
        case "23503": .foreignKey
        case "23514": .check
        case "23502": .notNull
        case "23P01": .exclusion
        case "23001": .restrict
        default: nil
        }
    }
}
