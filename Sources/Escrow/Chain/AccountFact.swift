public import Identifiers

/// What an event says about one escrow account, in amounts that fit the ledger.
public enum AccountFact: Hashable, Sendable {
    /// The outcome of operation `sequence`, or, when stale, of nothing.
    public struct Operation: Hashable, Sendable {
        public var sequence: Int64
        public var reference: [UInt8]

        public init(sequence: Int64, reference: [UInt8]) {
            self.sequence = sequence
            self.reference = reference
        }
    }

    case opened(AccountOpening)
    case deposited(MicroUSDC, balanceAfter: MicroUSDC)
    case withdrawn(MicroUSDC, balanceAfter: MicroUSDC)
    case limitChanged(from: MicroUSDC, to: MicroUSDC)
    case charged(
        Operation, MicroUSDC, balanceAfter: MicroUSDC, periodCharged: MicroUSDC,
        periodStartMilliseconds: Int64)
    case declined(
        Operation, MicroUSDC, Charge.DeclineCause, balance: MicroUSDC, periodCharged: MicroUSDC)
    /// Changed nothing: the event that used the sequence decides.
    case declinedAsStale(Operation, MicroUSDC, balance: MicroUSDC)
    case cancelled(Operation)
    case refunded(Operation, MicroUSDC, balanceAfter: MicroUSDC)

    /// The operation that this is the one outcome of.
    public var outcome: Operation? {
        switch self {
        case .charged(let operation, _, _, _, _), .declined(let operation, _, _, _, _),
            .cancelled(let operation), .refunded(let operation, _, _):
            operation
        case .opened, .deposited, .withdrawn, .limitChanged, .declinedAsStale: nil
        }
    }
}
