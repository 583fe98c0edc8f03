import Identifiers

/// What an event says in numbers, as columns have it.
struct ToldFigures {
    var amount: Int64?
    var balance: Int64?
    var sequence: Int64?
    private let fact: AccountFact

    init(_ fact: AccountFact) {
        self.fact = fact
        switch fact {
        case .opened: break
        case .deposited(let moved, let after), .withdrawn(let moved, let after):
            (amount, balance) = (moved.units, after.units)
        case .limitChanged(_, let limit): amount = limit.units
        case .charged(let operation, let moved, let after, _, _),
            .refunded(let operation, let moved, let after),
            .declinedAsStale(let operation, let moved, let after):
            (amount, balance, sequence) = (moved.units, after.units, operation.sequence)
        case .declined(let operation, let asked, _, let after, _):
            (amount, balance, sequence) = (asked.units, after.units, operation.sequence)
        case .cancelled(let operation): sequence = operation.sequence
        }
    }

    /// Whether the event ends an operation like this.
    func ends(_ outcome: StoredOutcome) -> Bool {
        switch fact {
        case .charged: outcome.kind == .charge && outcome.state == .settled
        case .refunded: outcome.kind == .refund && outcome.state == .settled
        case .declined(_, _, let cause, _, _):
            outcome.state == .declined && outcome.declineCause == cause.rawValue
        case .cancelled: outcome.state == .abandoned && outcome.abandonCause == .cancelled
        case .opened, .deposited, .withdrawn, .limitChanged, .declinedAsStale: false
        }
    }
}
