import Identifiers

/// Builds mirrors anew from events in the chain's order, one account after the other. Pure.
struct AccountReplay {
    private(set) var mirror: AccountMirror?

    /// - Parameter isPrimary: is no event's to say: it depends on other accounts.
    mutating func apply(_ fact: AccountFact, of account: AccountID, isPrimary: Bool) {
        if mirror == nil, case .opened(let opening) = fact {
            mirror = AccountMirror(account, opening, isPrimary: isPrimary)
            return
        }
        _ = mirror?.apply(fact)
    }
}
