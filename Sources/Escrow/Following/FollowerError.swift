public import Storage
public import SuiProtocol

/// Why the follower does not go on. Nothing is skipped for any of them.
public enum FollowerError: Error, Equatable, Sendable {
    /// Another leads now.
    case deposed
    case storage(StorageError)
    case node(SuiNodeError)
    /// The window did not begin where the mark stands: it has to be read anew.
    case notBooked
    /// The node keeps no checkpoints as old as the next one to be booked: a node that does has to
    /// be configured.
    case historyPruned(next: Int64, firstAvailable: Int64)
    /// The node's answer contradicts itself or what was asked; what it said counts for nothing.
    case contradiction(Contradiction)

    public enum Contradiction: String, Sendable {
        case otherRange = "another range than asked for"
        case outsideRange = "something outside of the range"
        case order = "events out of order"
        case epoch = "an epoch that runs backwards or ahead"
        case undated = "something without checkpoint or time"
    }
}

extension FollowerError {
    init(_ error: LeaderError) {
        switch error {
        case .deposed: self = .deposed
        case .storage(let error): self = .storage(error)
        }
    }

    init(_ error: SuiNodeError, next: Int64) {
        switch error {
        case .historyPruned(let first): self = .historyPruned(next: next, firstAvailable: first)
        case .unavailable, .refused, .wrongChain, .notIndexed: self = .node(error)
        }
    }
}

extension FollowerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .deposed: "another process leads"
        case .storage(let error): "\(error)"
        case .notBooked: "the window does not begin where the mark stands"
        case .node(.unavailable): "no node answers"
        case .node(.refused(let words)): "the node refuses: \(words)"
        case .node(.wrongChain): "the node serves another chain"
        case .node(.historyPruned(let first)): "the node's history begins at \(first)"
        case .node(.notIndexed(let last)): "the node's index ends at \(last)"
        case .historyPruned(let next, let first):
            "checkpoint \(next) is next, the node's history begins at \(first): "
                + Self.remedy(before: next)
        case .contradiction(let what): "the node's answer has \(what.rawValue)"
        }
    }

    /// The chain's own beginning is what nothing was configured for.
    private static func remedy(before next: Int64) -> String {
        let node = "name a node that has it"
        return next > 0
            ? node
            : "set SLUICE_ESCROW_FIRST_CHECKPOINT to one at or before the Operator's creation, or "
                + node
    }
}
