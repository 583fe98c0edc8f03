import Identifiers
import SuiProtocol

/// What is missing of one account, put into its history where the chain has it. Pure.
///
/// Each missing event is booked by the rules of ``Booking`` on the mirror as it was at that place,
/// so that nothing is taken for a break that only looks like one because it came late.
struct RepairPlan {
    /// An event that was not booked, or whose entries are not there.
    struct Missing {
        var event: RawEvent
        /// Its place among the events of its checkpoint.
        var rank: Int
        /// Known, but nothing of what it moves stands in the ledger.
        var isStored: Bool
    }

    private let operators: Set<ObjectID>
    private let account: AccountID
    private let isPrimary: Bool
    private var missing: ArraySlice<Missing>
    private var records: [ChargeID: ChargeRecord]
    private let reopened: [EventID: ChargeRecord]
    private var replay = AccountReplay()
    private(set) var entries: [LedgerEntry] = []
    private(set) var changed: Set<ChargeID> = []
    private(set) var adopted: [Adoption] = []
    private(set) var breaks: [Break] = []

    /// - Parameters:
    ///   - missing: in the chain's order.
    ///   - records: all that an event which was not booked may change.
    ///   - reopened: by the stored event that ended it, the operation whose money is still set
    ///     aside, as it was before.
    init(
        account: AccountID, isPrimary: Bool, operators: Set<ObjectID>, missing: [Missing],
        records: [ChargeRecord], reopened: [EventID: ChargeRecord]
    ) {
        self.account = account
        self.isPrimary = isPrimary
        self.operators = operators
        self.missing = missing[...]
        self.reopened = reopened
        self.records = Dictionary(
            records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var mirror: AccountMirror? { replay.mirror }
    var ended: [ChargeRecord] { changed.sorted().compactMap { records[$0] } }

    /// The next stored event, in the chain's order.
    mutating func pass(_ fact: AccountFact, id: EventID, checkpoint: Int64) {
        while let next = missing.first, next.event.checkpoint < checkpoint, next.event.id != id {
            missing.removeFirst()
            book(next)
        }
        if let next = missing.first, next.event.id == id {
            missing.removeFirst()
            book(next)
        } else {
            replay.apply(fact, of: account, isPrimary: isPrimary)
        }
    }

    /// After the last stored event.
    mutating func finish() {
        for next in missing { book(next) }
        missing = []
    }

    private mutating func book(_ missing: Missing) {
        guard let event = missing.event.event else { return }
        defer { replay.apply(event.fact, of: account, isPrimary: isPrimary) }
        guard let mirror = replay.mirror else { return }
        guard !missing.isStored else { return post(event, on: mirror) }
        var booking = booking(on: mirror, among: Array(records.values))
        booking.book(event)
        entries += booking.entries
        adopted += booking.adopted
        changed.formUnion(booking.changed)
        breaks += booking.breaks
        for (id, record) in booking.records { records[id] = record }
    }

    /// Only what the event itself moves. What else it meant when it was booked, a freeze and what
    /// was given up for it, happened then, to what was planned then; what is planned now has
    /// nothing to do with it, and keeps its hold.
    private mutating func post(_ event: ChainEvent, on mirror: AccountMirror) {
        var booking = booking(on: mirror, among: reopened[event.id].map { [$0] } ?? [])
        booking.book(event)
        entries += booking.entries.filter { $0.purpose != .adjustment }
    }

    private func booking(on mirror: AccountMirror, among records: [ChargeRecord]) -> Booking {
        Booking(
            operators: operators, ownersWithAccount: [mirror.owner], accounts: [mirror],
            records: records)
    }
}
