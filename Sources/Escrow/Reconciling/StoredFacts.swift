import Identifiers
import SuiProtocol

/// A row of the chain's events, as it was booked.
struct StoredEvent: Hashable, Sendable {
    enum Standing: String, Sendable { case booked, foreign, unreadable }

    var id: EventID
    var checkpoint: Int64
    var account: AccountID?
    var name: String
    var standing: Standing
    var sequence: Int64?
    var amount: Int64?
    var balance: Int64?
    var reference: [UInt8]?
    var bcs: [UInt8]
    /// The account is in the mirror.
    var isOurs: Bool
    /// A break was raised for it, looked at or not.
    var hasBreak: Bool
    /// The operation that its stored reference names is no row, and what that was for is known of a
    /// row of the same account.
    var isOfKnownObligation: Bool

    /// Read again from its bytes; nil when they are not an event's of that name.
    var fact: AccountFact? { AccountFact(name: name, bcs: bcs) }

    /// The account that the bytes are about.
    var accountInBytes: AccountID? { EscrowEvent(named: name, bcs: bcs)?.account }
}

extension EscrowEvent {
    /// - Parameter name: that of the struct.
    init?(named name: String, bcs: [UInt8]) {
        let known = Name.allCases.first { $0.identifier.description == name }
        guard let known, let event = try? EscrowEvent(known, bcs: bcs) else { return nil }
        self = event
    }
}

extension AccountFact {
    /// From stored bytes.
    init?(name: String, bcs: [UInt8]) {
        guard let event = EscrowEvent(named: name, bcs: bcs), let fact = AccountFact(event) else {
            return nil
        }
        self = fact
    }
}

/// A row of the ledger that an event caused.
struct StoredEntry: Hashable, Sendable {
    var event: EventID
    var leg: Int64
    var purpose: LedgerEntry.Purpose
    var account: AccountID
    var charge: ChargeID?
    var debit: String
    var credit: String
    var amount: Int64
}

/// An operation with the event that ended it.
struct StoredOutcome: Hashable, Sendable {
    var event: EventID
    var charge: ChargeID
    var kind: Charge.Kind
    var state: Charge.State.Name
    var abandonCause: Charge.AbandonCause.Name?
    var declineCause: Int64?
    var account: AccountID
    var amount: Int64
    var reference: [UInt8]
    var sequence: Int64
}
