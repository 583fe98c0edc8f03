public import Determinism
public import Identifiers
public import SuiProtocol

/// An account as the chain's events tell it, up to the last one booked. Pure.
public struct AccountMirror: Hashable, Sendable {
    /// 28 days. Source: `Docs/Sources.md#escrow-contract`.
    public static let periodMilliseconds = Int64(EscrowRules.periodMilliseconds)

    public let id: AccountID
    public let owner: SuiAddress
    /// The first that its owner opened with our operator and coin: the one that is charged.
    public let isPrimary: Bool
    public private(set) var balance: MicroUSDC
    /// For each period; zero is no limit.
    public private(set) var spendingLimit: MicroUSDC
    public private(set) var periodStart: Timestamp
    public private(set) var periodCharged: MicroUSDC
    /// Operations of ours that have an outcome.
    public private(set) var sequence: Int64
    /// Nothing new is planned or signed on it until a human has looked.
    public internal(set) var freeze: BreakClass?

    public init(
        id: AccountID, owner: SuiAddress, isPrimary: Bool, balance: MicroUSDC,
        spendingLimit: MicroUSDC, periodStart: Timestamp, periodCharged: MicroUSDC,
        sequence: Int64, freeze: BreakClass?
    ) {
        self.id = id
        self.owner = owner
        self.isPrimary = isPrimary
        self.balance = balance
        self.spendingLimit = spendingLimit
        self.periodStart = periodStart
        self.periodCharged = periodCharged
        self.sequence = sequence
        self.freeze = freeze
    }

    public init(_ id: AccountID, _ opening: AccountOpening, isPrimary: Bool) {
        self.init(
            id: id, owner: opening.owner, isPrimary: isPrimary, balance: .zero,
            spendingLimit: opening.spendingLimit, periodStart: opening.openedAt,
            periodCharged: .zero, sequence: 0, freeze: nil)
    }

    /// What was charged in the period that `now` is in, and when that period ends. The chain
    /// moves on only with the next charge, by whole periods.
    public func period(at now: Timestamp) -> (charged: MicroUSDC, endsAt: Timestamp) {
        let elapsed = now.milliseconds - periodStart.milliseconds
        let passed = elapsed >= Self.periodMilliseconds ? elapsed / Self.periodMilliseconds : 0
        let end = periodStart.adding(milliseconds: (passed + 1) * Self.periodMilliseconds)
        return (passed > 0 ? .zero : periodCharged, end)
    }

    /// Takes over what an event says, whether or not it follows from what was known.
    ///
    /// - Returns: by how much the balance differs from what the event's amount explains, and
    ///   which promises of the contract it does not keep.
    mutating func apply(_ fact: AccountFact) -> (difference: Int128, breaks: [BreakClass]) {
        var breaks: [BreakClass] = []
        if let operation = fact.outcome {
            if operation.sequence != sequence + 1 { breaks.append(.sequence) }
            sequence = max(sequence, operation.sequence)
        }
        switch fact {
        case .opened: breaks.append(.openedTwice)
        case .limitChanged(let old, let new):
            if old != spendingLimit { breaks.append(.spendingLimit) }
            spendingLimit = new
        case .charged(_, _, _, let charged, let start):
            periodCharged = charged
            periodStart = Timestamp(milliseconds: start)
        case .declined(_, _, _, _, let charged): periodCharged = charged
        case .deposited, .withdrawn, .declinedAsStale, .cancelled, .refunded: break
        }
        let difference = move(fact)
        if difference != 0 { breaks.append(.balance) }
        return (difference, breaks)
    }

    private mutating func move(_ fact: AccountFact) -> Int128 {
        let (change, after): (Int128, MicroUSDC?) =
            switch fact {
            case .deposited(let amount, let after), .refunded(_, let amount, let after):
                (Int128(amount.units), after)
            case .withdrawn(let amount, let after), .charged(_, let amount, let after, _, _):
                (-Int128(amount.units), after)
            case .declined(_, _, _, let balance, _), .declinedAsStale(_, _, let balance):
                (0, balance)
            case .opened, .limitChanged, .cancelled: (0, nil)
            }
        guard let after else { return 0 }
        let expected = Int128(balance.units) + change
        balance = after
        return Int128(after.units) - expected
    }
}
