public import Determinism
public import Identifiers
public import SuiProtocol

/// An event of our package and coin as it came, whether or not the ledger can hold it.
public struct RawEvent: Hashable, Sendable {
    public let id: EventID
    public let checkpoint: Int64
    public let at: Timestamp
    /// Nil for an event of an operator.
    public let account: AccountID?
    /// Nil for an event of an operator, and where a number is beyond 2⁶³ − 1.
    public let fact: AccountFact?
    public let bcs: [UInt8]

    public init(id: EventID, checkpoint: Int64, at: Timestamp, _ event: EscrowEvent) {
        self.id = id
        self.checkpoint = checkpoint
        self.at = at
        account = event.account
        fact = AccountFact(event)
        bcs = event.bcs
    }

    var event: ChainEvent? {
        guard let account, let fact else { return nil }
        return ChainEvent(id: id, checkpoint: checkpoint, at: at, account: account, fact: fact)
    }
}
