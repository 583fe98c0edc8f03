public import SuiProtocol

extension Charge {
    public enum State: Hashable, Sendable {
        /// Written with its hold; no bytes exist that could move money.
        case planned
        /// Bytes exist: only an event on chain can end it.
        case signed(Signing)
        case settled(EventID)
        case declined(DeclineCause, EventID)
        case abandoned(AbandonCause)

        public var name: Name {
            switch self {
            case .planned: .planned
            case .signed: .signed
            case .settled: .settled
            case .declined: .declined
            case .abandoned: .abandoned
            }
        }

        /// As the database, the HTTP contract and `Docs/ChargeStates.md` spell it.
        public enum Name: String, Sendable, CaseIterable {
            case planned, signed, settled, declined, abandoned

            /// No event changes it any more.
            public var isFinal: Bool { self != .planned && self != .signed }
        }
    }

    /// What is signed for an operation, at least one of the two.
    public struct Signing: Hashable, Sendable {
        /// The account's number for this operation, never another from here on.
        public let sequence: Int64
        public internal(set) var transaction: TransactionDigest?
        public internal(set) var cancellation: TransactionDigest?

        public init(
            sequence: Int64, transaction: TransactionDigest? = nil,
            cancellation: TransactionDigest? = nil
        ) {
            self.sequence = sequence
            self.transaction = transaction
            self.cancellation = cancellation
        }

        public var digests: [TransactionDigest] { [transaction, cancellation].compactMap(\.self) }
    }

    /// Why the chain took no money. Raw values are those of `Declined` events.
    public enum DeclineCause: Int64, Sendable, CaseIterable {
        case insufficientBalance = 1
        case spendingLimit = 2
    }

    public enum AbandonCause: Hashable, Sendable {
        /// Given up by a service before anything was signed.
        case withdrawn
        /// The account was frozen before anything was signed.
        case accountFrozen
        /// What it was for was settled by an operation that the database had lost.
        case superseded
        case cancelled(EventID)
        /// Another operation used its sequence, so it can never run.
        case displaced(EventID)

        public var name: Name {
            switch self {
            case .withdrawn: .withdrawn
            case .accountFrozen: .accountFrozen
            case .superseded: .superseded
            case .cancelled: .cancelled
            case .displaced: .displaced
            }
        }

        /// As the database spells it.
        public enum Name: String, Sendable, CaseIterable {
            case withdrawn, superseded, cancelled, displaced
            case accountFrozen = "account_frozen"
        }
    }
}
