import Identifiers
import Storage
import SuiProtocol

extension SQLColumns {
    mutating func nextEventID() throws(StorageError) -> EventID {
        guard let digest = try nextDigest() else { throw .unexpectedValue(column: "digest") }
        return EventID(transaction: digest, sequence: try next())
    }

    mutating func nextChargeIDIfAny() throws(StorageError) -> ChargeID? {
        guard let value: SQLUUID = try next() else { return nil }
        guard let uuid = UUIDv7(bytes: value.bytes) else {
            throw .unexpectedValue(column: "charge_id")
        }
        return ChargeID(uuid)
    }

    mutating func nextWide() throws(StorageError) -> Int128 {
        let text: String = try next()
        guard let value = Int128(text) else { throw .unexpectedValue(column: "sum") }
        return value
    }
}

struct StoredEventRow: SQLRow {
    var event: StoredEvent

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextEventID()
        let checkpoint: Int64 = try columns.next()
        let account: [UInt8]? = try columns.next()
        let name: String = try columns.next()
        guard let standing = StoredEvent.Standing(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "standing")
        }
        event = StoredEvent(
            id: id, checkpoint: checkpoint, account: account.flatMap(AccountID.init), name: name,
            standing: standing, sequence: try columns.next(), amount: try columns.next(),
            balance: try columns.next(), reference: try columns.next(), bcs: try columns.next(),
            isOurs: try columns.next(), hasBreak: try columns.next(),
            isOfKnownObligation: try columns.next())
    }
}

struct StoredEntryRow: SQLRow {
    var entry: StoredEntry

    init(from columns: inout SQLColumns) throws(StorageError) {
        let event = try columns.nextEventID()
        let leg: Int64 = try columns.next()
        guard let purpose = LedgerEntry.Purpose(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "purpose")
        }
        entry = StoredEntry(
            event: event, leg: leg, purpose: purpose, account: try columns.nextAccountID(),
            charge: try columns.nextChargeIDIfAny(), debit: try columns.next(),
            credit: try columns.next(), amount: try columns.next())
    }
}

struct StoredOutcomeRow: SQLRow {
    var outcome: StoredOutcome

    init(from columns: inout SQLColumns) throws(StorageError) {
        let event = try columns.nextEventID()
        let charge = try columns.nextChargeID()
        guard let kind = Charge.Kind(rawValue: try columns.next()),
            let state = Charge.State.Name(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "state") }
        let cause: String? = try columns.next()
        outcome = StoredOutcome(
            event: event, charge: charge, kind: kind, state: state,
            abandonCause: cause.flatMap(Charge.AbandonCause.Name.init),
            declineCause: try columns.next(), account: try columns.nextAccountID(),
            amount: try columns.next(), reference: try columns.next(),
            sequence: try columns.next())
    }
}

struct HoldRow: SQLRow {
    var hold: HoldComparison

    init(from columns: inout SQLColumns) throws(StorageError) {
        let charge = try columns.nextChargeID()
        let account = try columns.nextAccountID()
        guard let state = Charge.State.Name(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "state")
        }
        hold = HoldComparison(
            charge: charge, account: account, state: state, isAdopted: try columns.next(),
            amount: try columns.next(), held: try columns.next(), ended: try columns.next())
    }
}

/// A mirror with the sums of the ledger and of the charges.
struct SummedAccountRow: SQLRow {
    var row: AccountRow
    var sums: AccountComparison.Sums

    init(from columns: inout SQLColumns) throws(StorageError) {
        row = try AccountRow(from: &columns)
        sums = AccountComparison.Sums(
            escrow: try columns.nextWide(), held: try columns.nextWide(),
            live: try columns.nextWide())
    }
}

/// An event in the order of its account.
struct AccountEventRow: SQLRow {
    var account: AccountID
    var name: String
    var bcs: [UInt8]

    init(from columns: inout SQLColumns) throws(StorageError) {
        account = try columns.nextAccountID()
        name = try columns.next()
        bcs = try columns.next()
    }
}

struct StrayHoldRow: SQLRow {
    var charge: ChargeID
    var account: AccountID
    var amount: Int64

    init(from columns: inout SQLColumns) throws(StorageError) {
        charge = try columns.nextChargeID()
        account = try columns.nextAccountID()
        amount = try columns.next()
    }
}

/// How much there is, about.
struct SizesRow: SQLRow {
    var events: Int
    var charges: Int
    var accounts: Int

    init(from columns: inout SQLColumns) throws(StorageError) {
        events = try columns.next()
        charges = try columns.next()
        accounts = try columns.next()
    }
}
