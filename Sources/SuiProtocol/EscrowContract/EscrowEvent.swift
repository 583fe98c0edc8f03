/// An event of the escrow contract. Cases are named as the contract names its structs.
public enum EscrowEvent: Hashable, Sendable {
    case operatorCreated(OperatorCreated)
    case chargerRotated(ChargerRotated)
    case accountOpened(AccountOpened)
    case deposited(Deposited)
    case withdrawn(Withdrawn)
    case spendingLimitChanged(SpendingLimitChanged)
    case charged(Charged)
    case declined(Declined)
    case cancelled(Cancelled)
    case refunded(Refunded)

    /// The names of the contract's event structs.
    public enum Name: Sendable, CaseIterable {
        case operatorCreated
        case chargerRotated
        case accountOpened
        case deposited
        case withdrawn
        case spendingLimitChanged
        case charged
        case declined
        case cancelled
        case refunded

        /// As the contract spells it.
        public var identifier: MoveIdentifier {
            switch self {
            case .operatorCreated: "OperatorCreated"
            case .chargerRotated: "ChargerRotated"
            case .accountOpened: "AccountOpened"
            case .deposited: "Deposited"
            case .withdrawn: "Withdrawn"
            case .spendingLimitChanged: "SpendingLimitChanged"
            case .charged: "Charged"
            case .declined: "Declined"
            case .cancelled: "Cancelled"
            case .refunded: "Refunded"
            }
        }

        /// Whether the struct has the coin as its type argument.
        public var isOfAccount: Bool { self != .operatorCreated && self != .chargerRotated }
    }

    /// Reads an event's contents, given which event it is.
    public init(_ name: Name, bcs: [UInt8]) throws(SuiDecodingError) {
        switch name {
        case .operatorCreated: self = .operatorCreated(try OperatorCreated(bcs: bcs))
        case .chargerRotated: self = .chargerRotated(try ChargerRotated(bcs: bcs))
        case .accountOpened: self = .accountOpened(try AccountOpened(bcs: bcs))
        case .deposited: self = .deposited(try Deposited(bcs: bcs))
        case .withdrawn: self = .withdrawn(try Withdrawn(bcs: bcs))
        case .spendingLimitChanged:
            self = .spendingLimitChanged(try SpendingLimitChanged(bcs: bcs))
        case .charged: self = .charged(try Charged(bcs: bcs))
        case .declined: self = .declined(try Declined(bcs: bcs))
        case .cancelled: self = .cancelled(try Cancelled(bcs: bcs))
        case .refunded: self = .refunded(try Refunded(bcs: bcs))
        }
    }

    public var name: Name {
        switch self {
        case .operatorCreated: .operatorCreated
        case .chargerRotated: .chargerRotated
        case .accountOpened: .accountOpened
        case .deposited: .deposited
        case .withdrawn: .withdrawn
        case .spendingLimitChanged: .spendingLimitChanged
        case .charged: .charged
        case .declined: .declined
        case .cancelled: .cancelled
        case .refunded: .refunded
        }
    }

    public var bcs: [UInt8] {
        switch self {
        case .operatorCreated(let event): event.bcs
        case .chargerRotated(let event): event.bcs
        case .accountOpened(let event): event.bcs
        case .deposited(let event): event.bcs
        case .withdrawn(let event): event.bcs
        case .spendingLimitChanged(let event): event.bcs
        case .charged(let event): event.bcs
        case .declined(let event): event.bcs
        case .cancelled(let event): event.bcs
        case .refunded(let event): event.bcs
        }
    }
}
