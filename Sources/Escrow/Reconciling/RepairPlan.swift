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
    private var replay = AccountReplay()
    private(set) var entries: [LedgerEntry] = []
    private(set) var changed: Set<ChargeID> = []
    private(set) var adopted: [Adoption] = []
    private(set) var breaks: [Break] = []

    /// - Parameter missing: in the chain's order.
    init(
        account: AccountID, isPrimary: Bool, operators: Set<ObjectID>, missing: [Missing],
        records: [ChargeRecord]
    ) {
        self.account = account
        self.isPrimary = isPrimary
        self.operators = operators
        self.missing = missing[...]
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
        var booking = Booking(
            operators: operators, ownersWithAccount: [mirror.owner], accounts: [mirror],
            records: Array(records.values))
        booking.book(event)
        entries += booking.entries
        adopted += booking.adopted
        if !missing.isStored {
            changed.formUnion(booking.changed)
            breaks += booking.breaks
        }
        for (id, record) in booking.records { records[id] = record }
    }
}
