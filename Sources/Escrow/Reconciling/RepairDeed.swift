public import Identifiers

/// Something that a repair has done, all of it derived from the chain's events.
public struct RepairDeed: Hashable, Sendable {
    /// Raw values stand in reports and in the audit log, and never change.
    public enum Kind: String, Sendable, CaseIterable {
        /// The mirror is as its events make it.
        case mirrorRebuilt = "mirror_rebuilt"
        /// An event of the chain's that was missing, with all that it means.
        case eventBooked = "event_booked"
        /// What an event that was known had not moved in the ledger.
        case entriesAdded = "entries_added"
        /// The ledger follows the chain's figure where an earlier adjustment stood for the event
        /// that was missing.
        case ledgerAdjusted = "ledger_adjusted"
    }

    public let kind: Kind
    public let account: AccountID?
    public let event: EventID?
    /// In words, with the figures.
    public let detail: String

    init(_ kind: Kind, account: AccountID?, event: EventID? = nil, _ detail: String) {
        self.kind = kind
        self.account = account
        self.event = event
        self.detail = detail
    }
}
