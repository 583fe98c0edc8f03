public import Storage

/// Why nothing can be said about what was asked.
public enum ReconciliationError: Error, Equatable, Sendable {
    /// The follower has booked nothing yet.
    case notFollowing
    case customerUnknown
    /// The transaction is neither stored nor known to the node.
    case digestUnknown
    case storage(StorageError)
    case node(FollowerError)
    /// Only the leader may repair, and another process leads.
    case anotherLeads
}

extension ReconciliationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFollowing: "nothing has been booked yet: no manager has followed the chain"
        case .customerUnknown: "there is no such customer"
        case .digestUnknown: "neither the database nor the node knows that transaction"
        case .storage(let error): "\(error)"
        case .node(let error): "\(error)"
        case .anotherLeads: "a manager leads: stop it first, only the leader may write"
        }
    }
}
