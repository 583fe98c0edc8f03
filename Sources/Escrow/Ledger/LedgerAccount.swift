public import Identifiers

/// Where money can stand. Its text is in the database and never changes.
public enum LedgerAccount: Hashable, Sendable, CustomStringConvertible {
    /// A customer's, free.
    case escrow(AccountID)
    /// A customer's, set aside for a charge without outcome.
    case held(AccountID)
    case revenue
    /// Outside: what came from it and went back to it.
    case chain
    /// What only the chain's own figure explains; each entry has a break beside it.
    case adjustments

    public var description: String {
        switch self {
        case .escrow(let account): "escrow/\(account)"
        case .held(let account): "held/\(account)"
        case .revenue: "revenue"
        case .chain: "chain"
        case .adjustments: "adjustments"
        }
    }

    /// Nil for a text that ``description`` does not write.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case ("revenue", 1): self = .revenue
        case ("chain", 1): self = .chain
        case ("adjustments", 1): self = .adjustments
        case ("escrow", 2):
            guard let account = AccountID(parts[1]) else { return nil }
            self = .escrow(account)
        case ("held", 2):
            guard let account = AccountID(parts[1]) else { return nil }
            self = .held(account)
        default: return nil
        }
    }
}
