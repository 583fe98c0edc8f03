public import Determinism
public import Identifiers
import Storage

/// Which messages of the quarantine are meant: those for which all that is named is true.
public struct QuarantineFilter: Sendable {
    public var code: String?
    /// Received then or later.
    public var since: Timestamp?
    public var id: UUIDv7?
    /// Also those that were taken as lines since.
    public var includesReplayed = false

    public init(code: String? = nil, since: Timestamp? = nil, id: UUIDv7? = nil) {
        self.code = code
        self.since = since
        self.id = id
    }

    var condition: SQL {
        var condition: SQL = "true"
        if let code { condition = "\(sql: condition) AND code = \(code)" }
        if let since { condition = "\(sql: condition) AND received_at >= \(since)" }
        if let id {
            condition = "\(sql: condition) AND quarantine_id = \(SQLUUID(bytes: id.bytes))"
        }
        guard !includesReplayed else { return condition }
        return "\(sql: condition) AND replayed_at IS NULL"
    }
}
