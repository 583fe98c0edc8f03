public import SuiProtocol

extension Charge {
    /// What can happen to an operation. Those named `…Seen` are of the chain, from a checkpoint.
    public enum Event: Hashable, Sendable {
        case withdrawn(AbandonCause)
        case superseded
        case fenced
        case signed(sequence: Int64, TransactionDigest)
        case rebuilt(TransactionDigest)
        case cancelSigned(sequence: Int64, TransactionDigest)
        case overdue
        case chargedSeen(EventID)
        case refundedSeen(EventID)
        case declinedSeen(DeclineCause, EventID)
        case cancelledSeen(EventID)
        /// Its sequence was used by an operation with another reference.
        case displacedSeen(EventID)
        /// `Declined` with reason 3.
        case staleSeen

        public var name: Name {
            switch self {
            case .withdrawn: .withdrawn
            case .superseded: .superseded
            case .fenced: .fenced
            case .signed: .signed
            case .rebuilt: .rebuilt
            case .cancelSigned: .cancelSigned
            case .overdue: .overdue
            case .chargedSeen: .chargedSeen
            case .refundedSeen: .refundedSeen
            case .declinedSeen: .declinedSeen
            case .cancelledSeen: .cancelledSeen
            case .displacedSeen: .displacedSeen
            case .staleSeen: .staleSeen
            }
        }

        /// As `Docs/ChargeStates.md` spells it.
        public enum Name: String, Sendable, CaseIterable {
            case withdrawn, superseded, fenced, signed, rebuilt, cancelSigned, overdue
            case chargedSeen, refundedSeen, declinedSeen, cancelledSeen, displacedSeen, staleSeen
        }
    }

    /// What the caller does next.
    public enum Step: Hashable, Sendable {
        case submit(TransactionDigest)
        /// Ask by digest, and send the same bytes again when it is not known.
        case askThenResend([TransactionDigest])
        case post(EventID)
        case releaseHold
        case rest
    }
}
