public import Determinism
public import Identifiers
public import SuiProtocol

/// An event of our package and coin as it came, whether or not the ledger can hold it.
public struct RawEvent: Hashable, Sendable {
    public let id: EventID
    public let checkpoint: Int64
    public let at: Timestamp
    /// That of the event's struct.
    public let name: String
    /// Nil for an event of an operator, and for one that cannot be read.
    public let account: AccountID?
    /// Nil for an event of an operator, where a number is beyond 2⁶³ − 1, and where the contents
    /// are not those of the type.
    public let fact: AccountFact?
    public let bcs: [UInt8]
    /// The version of all objects of the transaction: that at which an account which it opened
    /// was first shared. Nil where the node did not say.
    public let objectVersion: Int64?

    public init(
        id: EventID, checkpoint: Int64, at: Timestamp, _ event: EscrowEvent,
        objectVersion: Int64? = nil
    ) {
        self.id = id
        self.checkpoint = checkpoint
        self.at = at
        name = event.name.identifier.description
        account = event.account
        fact = AccountFact(event)
        bcs = event.bcs
        self.objectVersion = objectVersion
    }

    /// An event of a type of ours with contents that are not its.
    public init(
        id: EventID, checkpoint: Int64, at: Timestamp, unreadable name: MoveIdentifier,
        bcs: [UInt8]
    ) {
        self.id = id
        self.checkpoint = checkpoint
        self.at = at
        self.name = name.description
        account = nil
        fact = nil
        self.bcs = bcs
        objectVersion = nil
    }

    /// Kept as it came, for a human: the ledger cannot hold what it says.
    var isUnreadable: Bool {
        guard fact == nil else { return false }
        return account != nil
            || !EscrowEvent.Name.allCases.contains {
                !$0.isOfAccount && $0.identifier.description == name
            }
    }

    var event: ChainEvent? {
        guard let account, let fact else { return nil }
        return ChainEvent(
            id: id, checkpoint: checkpoint, at: at, account: account, fact: fact,
            objectVersion: objectVersion)
    }
}
