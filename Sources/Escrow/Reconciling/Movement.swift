import Identifiers

/// What an event moves in the ledger: from where, to where, how much.
struct Movement: CustomStringConvertible {
    let purpose: LedgerEntry.Purpose
    let amount: Int64
    private let debits: [String]
    private let credit: String

    /// Nil where the event moves nothing.
    init?(_ fact: AccountFact, on account: AccountID) {
        let escrow = LedgerAccount.escrow(account).description
        switch fact {
        case .deposited(let moved, _):
            (purpose, amount) = (.deposit, moved.units)
            (debits, credit) = ([LedgerAccount.chain.description], escrow)
        case .withdrawn(let moved, _):
            (purpose, amount) = (.withdrawal, moved.units)
            (debits, credit) = ([escrow], LedgerAccount.chain.description)
        case .charged(_, let moved, _, _, _):
            (purpose, amount) = (.charge, moved.units)
            debits = [LedgerAccount.held(account).description, escrow]
            credit = LedgerAccount.revenue.description
        case .refunded(_, let moved, _):
            (purpose, amount) = (.refund, moved.units)
            (debits, credit) = ([LedgerAccount.revenue.description], escrow)
        case .opened, .limitChanged, .declined, .declinedAsStale, .cancelled: return nil
        }
    }

    func allows(_ entry: StoredEntry) -> Bool {
        debits.contains(entry.debit) && entry.credit == credit
    }

    var description: String { "\(debits.joined(separator: " or ")) to \(credit)" }
}
