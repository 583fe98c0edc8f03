public import Determinism
public import Identifiers
public import SuiProtocol

/// What an `AccountOpened` event says, beside the account.
public struct AccountOpening: Hashable, Sendable {
    public var owner: SuiAddress
    public var `operator`: ObjectID
    public var tracker: ObjectID
    /// For each period; zero is no limit.
    public var spendingLimit: MicroUSDC
    /// By the chain's clock.
    public var openedAt: Timestamp

    public init(
        owner: SuiAddress, operator: ObjectID, tracker: ObjectID, spendingLimit: MicroUSDC,
        openedAt: Timestamp
    ) {
        self.owner = owner
        self.operator = `operator`
        self.tracker = tracker
        self.spendingLimit = spendingLimit
        self.openedAt = openedAt
    }
}
