/// Why something that came is put aside instead of stored as a line.
public enum QuarantineReason: Hashable, Sendable, CustomStringConvertible {
    case refused(LineRefusal)
    /// It cannot be taken apart into messages any further.
    case unreadable(FramingError)
    /// The line says another edge than the sender is known to be.
    case edgeMismatch(claimed: String)
    /// A request that succeeded with a key that is nobody's.
    case apiKeyUnknown
    /// A line from the spool, of a day that is no longer kept: nobody knows whether it counted.
    case dayGone
    /// The database takes all but this line. With its code (PostgreSQL manual, appendix A).
    case notStorable(sqlState: String)

    /// Stable; what the quarantine, metrics and commands show.
    public var code: String {
        switch self {
        case .refused(let refusal): refusal.code
        case .unreadable(let error): error.code
        case .edgeMismatch: "edge_mismatch"
        case .apiKeyUnknown: "api_key_unknown"
        case .dayGone: "day_gone"
        case .notStorable: "line_not_storable"
        }
    }

    /// Whether it is a line of ours that may count one day: by a replay once the cause is gone, which
    /// is a clock that was wrong by days, a key that was not there yet, a table that would not have it; or by
    /// an operator, who finds out whether it counted before its day went.
    var mayPass: Bool {
        switch self {
        case .refused(.inFuture), .apiKeyUnknown, .dayGone, .notStorable: true
        case .refused, .unreadable, .edgeMismatch: false
        }
    }

    /// What was wrong, in few words; nothing of it comes from the sender but an edge's name, which
    /// has 64 letters at most.
    public var description: String {
        switch self {
        case .refused(let refusal): refusal.description
        case .unreadable(let error): error.code
        case .edgeMismatch(let claimed): "\(code): \(claimed)"
        case .apiKeyUnknown, .dayGone: code
        case .notStorable(let sqlState): "\(code): \(sqlState)"
        }
    }
}
