public import SuiProtocol

/// The fields of an `Account<T>`, and the rules about them that need nothing else.
///
/// Source: `Docs/Contract.md`.
public struct EscrowAccountState: Sendable, Equatable {
    /// 28 days.
    static let periodMilliseconds: UInt64 = 2_419_200_000
    /// 2⁶³ − 1: no balance, limit or sum of a period goes above it.
    static let largestAmount: UInt64 = 9_223_372_036_854_775_807
    static let referenceLimit = 64

    public let owner: SuiAddress
    public let `operator`: ObjectID
    public internal(set) var balance: UInt64
    /// Per period; 0 is unlimited.
    public internal(set) var spendingLimit: UInt64
    public internal(set) var periodStart: UInt64
    public internal(set) var periodCharged: UInt64
    /// Operations of the operator that have an outcome.
    public internal(set) var sequence: UInt64

    /// Moves the period on by whole periods, so that its edges never drift.
    mutating func rollPeriod(now: UInt64) {
        guard now >= periodStart + Self.periodMilliseconds else { return }
        periodStart += (now - periodStart) / Self.periodMilliseconds * Self.periodMilliseconds
        periodCharged = 0
    }

    /// Whether the period has no room for `amount`. Unlimited ends where amounts end.
    func isOverLimit(_ amount: UInt64) -> Bool {
        let limit = spendingLimit == 0 ? Self.largestAmount : spendingLimit
        return periodCharged >= limit || amount > limit - periodCharged
    }

    func fields(id: ObjectID) -> MoveData.Fields {
        [
            ("id", .uid(id)), ("owner", .address(owner)), ("operator", .address(self.operator)),
            ("balance", .u64(balance)), ("spending_limit", .u64(spendingLimit)),
            ("period_start_ms", .u64(periodStart)), ("period_charged", .u64(periodCharged)),
            ("seq", .u64(sequence)),
        ]
    }
}
