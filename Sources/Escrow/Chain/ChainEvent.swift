public import Determinism
public import Identifiers

/// An event of our package and coin, from a transaction with status success in a checkpoint.
///
/// Whether it is about an account of ours is not decided yet: anyone can open an account with an
/// operator of their own.
public struct ChainEvent: Hashable, Sendable {
    public var id: EventID
    public var checkpoint: Int64
    public var at: Timestamp
    public var account: AccountID
    public var fact: AccountFact
    /// As of ``RawEvent/objectVersion``.
    public var objectVersion: Int64?

    public init(
        id: EventID, checkpoint: Int64, at: Timestamp, account: AccountID, fact: AccountFact,
        objectVersion: Int64? = nil
    ) {
        self.id = id
        self.checkpoint = checkpoint
        self.at = at
        self.account = account
        self.fact = fact
        self.objectVersion = objectVersion
    }
}
