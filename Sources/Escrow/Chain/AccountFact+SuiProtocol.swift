import Determinism
public import Identifiers
public import SuiProtocol

extension AccountFact {
    /// - Returns: nil for an event of an operator, and for numbers beyond 2⁶³ − 1, which the
    ///   contract never emits.
    public init?(_ event: EscrowEvent) {
        switch event {
        case .operatorCreated, .chargerRotated: return nil
        case .accountOpened(let event): self.init(opening: event)
        case .deposited(let event):
            guard let amount = MicroUSDC(onChain: event.amount),
                let after = MicroUSDC(onChain: event.balanceAfter)
            else { return nil }
            self = .deposited(amount, balanceAfter: after)
        case .withdrawn(let event):
            guard let amount = MicroUSDC(onChain: event.amount),
                let after = MicroUSDC(onChain: event.balanceAfter)
            else { return nil }
            self = .withdrawn(amount, balanceAfter: after)
        case .spendingLimitChanged(let event):
            guard let old = MicroUSDC(onChain: event.oldLimit),
                let new = MicroUSDC(onChain: event.newLimit)
            else { return nil }
            self = .limitChanged(from: old, to: new)
        case .charged(let event): self.init(charge: event)
        case .declined(let event): self.init(decline: event)
        case .cancelled(let event):
            guard let operation = Operation(event.sequence, event.reference) else { return nil }
            self = .cancelled(operation)
        case .refunded(let event):
            guard let operation = Operation(event.sequence, event.reference),
                let amount = MicroUSDC(onChain: event.amount),
                let after = MicroUSDC(onChain: event.balanceAfter)
            else { return nil }
            self = .refunded(operation, amount, balanceAfter: after)
        }
    }

    private init?(opening event: EscrowEvent.AccountOpened) {
        guard let limit = MicroUSDC(onChain: event.spendingLimit),
            let milliseconds = Int64(exactly: event.timestamp)
        else { return nil }
        self = .opened(
            AccountOpening(
                owner: event.owner, operator: event.operator, tracker: event.tracker,
                spendingLimit: limit, openedAt: Timestamp(milliseconds: milliseconds)))
    }

    private init?(charge event: EscrowEvent.Charged) {
        guard let operation = Operation(event.sequence, event.reference),
            let amount = MicroUSDC(onChain: event.amount),
            let after = MicroUSDC(onChain: event.balanceAfter),
            let charged = MicroUSDC(onChain: event.periodCharged),
            let start = Int64(exactly: event.periodStart)
        else { return nil }
        self = .charged(
            operation, amount, balanceAfter: after, periodCharged: charged,
            periodStartMilliseconds: start)
    }

    private init?(decline event: EscrowEvent.Declined) {
        guard let operation = Operation(event.sequence, event.reference),
            let amount = MicroUSDC(onChain: event.amount),
            let balance = MicroUSDC(onChain: event.balance),
            let charged = MicroUSDC(onChain: event.periodCharged)
        else { return nil }
        switch event.reason {
        case .insufficientBalance:
            self = .declined(
                operation, amount, .insufficientBalance, balance: balance, periodCharged: charged)
        case .spendingLimit:
            self = .declined(
                operation, amount, .spendingLimit, balance: balance, periodCharged: charged)
        case .stale: self = .declinedAsStale(operation, amount, balance: balance)
        }
    }
}

extension AccountFact.Operation {
    fileprivate init?(_ sequence: UInt64, _ reference: [UInt8]) {
        guard let sequence = Int64(exactly: sequence) else { return nil }
        self.init(sequence: sequence, reference: reference)
    }
}

extension EscrowEvent {
    /// The account that the event is about; nil for an event of an operator.
    public var account: AccountID? {
        switch self {
        case .operatorCreated, .chargerRotated: nil
        case .accountOpened(let event): AccountID(bytes: event.account.bytes)
        case .deposited(let event): AccountID(bytes: event.account.bytes)
        case .withdrawn(let event): AccountID(bytes: event.account.bytes)
        case .spendingLimitChanged(let event): AccountID(bytes: event.account.bytes)
        case .charged(let event): AccountID(bytes: event.account.bytes)
        case .declined(let event): AccountID(bytes: event.account.bytes)
        case .cancelled(let event): AccountID(bytes: event.account.bytes)
        case .refunded(let event): AccountID(bytes: event.account.bytes)
        }
    }
}
