public import Identifiers

/// Something that did not fit, with what showed it.
public struct Break: Hashable, Sendable {
    public let what: BreakClass
    public let event: EventID
    public let account: AccountID

    public init(_ what: BreakClass, event: EventID, account: AccountID) {
        self.what = what
        self.event = event
        self.account = account
    }
}
