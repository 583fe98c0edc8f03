public import Determinism
public import Identifiers

/// A break that no human has looked at yet.
public struct OpenBreak: Hashable, Sendable {
    /// Names it for good.
    public let number: Int64
    /// As the database has it; newer programs may know more of them.
    public let name: String
    public let account: AccountID
    public let event: EventID
    public let raisedAt: Timestamp

    var what: BreakClass? { BreakClass(rawValue: name) }
}
