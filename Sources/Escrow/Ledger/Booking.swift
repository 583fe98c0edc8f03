public import Identifiers
public import SuiProtocol

/// Events of the chain turned into mirrors, entries, outcomes and breaks. Pure: all it may change
/// is given to it, and what it changed is written in one database transaction with the mark.
///
/// No event stops it. What does not fit is booked as the chain says it, freezes its account and is
/// raised as a break; what is not about an account of ours changes nothing.
public struct Booking: Sendable {
    /// Who may open accounts that count.
    let operators: Set<ObjectID>
    /// Owners that have a primary account.
    private var owners: Set<SuiAddress>
    public private(set) var accounts: [AccountID: AccountMirror]
    /// Every operation that an event could be about, or that stands on an account it is about.
    public private(set) var records: [ChargeID: ChargeRecord]
    private var idsByAccount: [AccountID: [ChargeID]]
    private var idsByMark: [[UInt8]: [ChargeID]]

    public private(set) var entries: [LedgerEntry] = []
    public private(set) var breaks: [Break] = []
    /// Operations that the database had lost, as the chain tells them.
    public private(set) var adopted: [Adoption] = []
    /// Operations with their outcome's event, and those that were given up.
    public private(set) var changed: Set<ChargeID> = []
    /// Events about accounts of ours.
    public private(set) var booked: Set<EventID> = []
    /// Accounts that did not exist before.
    public private(set) var opened: [AccountID: ChainEvent] = [:]

    public init(
        operators: Set<ObjectID>, ownersWithAccount: Set<SuiAddress>, accounts: [AccountMirror],
        records: [ChargeRecord]
    ) {
        self.operators = operators
        owners = ownersWithAccount
        self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.id, $0) })
        self.records = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
        let ordered = records.sorted { $0.id < $1.id }
        idsByAccount = Dictionary(grouping: ordered, by: \.account).mapValues { $0.map(\.id) }
        idsByMark = Dictionary(grouping: ordered, by: \.reference.mark)
            .mapValues { $0.map(\.id) }
    }

    /// - Parameter event: in the chain's order; nothing happens where it was booked here already.
    public mutating func book(_ event: ChainEvent) {
        guard !booked.contains(event.id) else { return }
        guard var mirror = accounts[event.account] else {
            #if FAIL_POINTS
                if PlantedBug.matchedByReference.isOn { believe(event) }
            #endif
            open(event)
            return
        }
        booked.insert(event.id)
        var legs = LedgerLegs(of: event.id)
        let (difference, faults) = mirror.apply(event.fact)
        accounts[event.account] = mirror
        entries += LedgerRules.movement(of: event.fact, on: event.account, legs: &legs)
        if case .declinedAsStale(let operation, _, _) = event.fact {
            noteStale(operation, on: event.account)
        }
        let found = event.fact.outcome.map { settle($0, event, &legs) } ?? []
        entries += LedgerRules.adjustment(by: difference, on: event.account, legs: &legs)
        for fault in faults + found { raise(fault, event, &legs) }
    }

    private mutating func open(_ event: ChainEvent) {
        guard case .opened(let opening) = event.fact, operators.contains(opening.operator) else {
            return
        }
        let isPrimary = owners.insert(opening.owner).inserted
        accounts[event.account] = AccountMirror(event.account, opening, isPrimary: isPrimary)
        opened[event.account] = event
        booked.insert(event.id)
    }

    #if FAIL_POINTS
        /// Takes an outcome on a stranger's account for that of the operation it names.
        private mutating func believe(_ event: ChainEvent) {
            guard case .charged(let operation, let amount, _, _, _) = event.fact,
                let reference = ChargeReference(bytes: operation.reference),
                let uuid = UUIDv7(bytes: reference.chargeID), var record = records[ChargeID(uuid)],
                (try? record.charge.handle(.chargedSeen(event.id))) != nil
            else { return }
            let held = records[record.id]?.hold ?? .zero
            records[record.id] = record
            changed.insert(record.id)
            var legs = LedgerLegs(of: event.id)
            entries += LedgerRules.charge(
                amount, held: held, of: record.id, on: record.account, legs: &legs)
        }
    #endif

    /// Stale decides nothing, not even for a row that it names.
    private mutating func noteStale(_ operation: AccountFact.Operation, on account: AccountID) {
        guard let id = record(of: operation, on: account)?.id else { return }
        _ = try? records[id]?.charge.handle(.staleSeen)
    }

    /// Freezes the account; what is only planned on it is given up.
    private mutating func raise(
        _ fault: BreakClass, _ event: ChainEvent, _ legs: inout LedgerLegs
    ) {
        breaks.append(Break(fault, event: event.id, account: event.account))
        guard accounts[event.account]?.freeze == nil else { return }
        accounts[event.account]?.freeze = fault
        for id in live(on: event.account) {
            abandon(id, .withdrawn(.accountFrozen), event, &legs)
        }
    }

    /// Ends a planned or displaced operation where its state allows it, and gives its hold back.
    private mutating func abandon(
        _ id: ChargeID, _ change: Charge.Event, _ event: ChainEvent, _ legs: inout LedgerLegs
    ) {
        guard var record = records[id] else { return }
        let held = record.hold
        guard (try? record.charge.handle(change)) != nil else { return }
        records[id] = record
        changed.insert(id)
        entries += legs.entry(
            .release, on: event.account, id, from: .held(event.account),
            to: .escrow(event.account), held)
    }

    private func live(on account: AccountID) -> [ChargeID] {
        (idsByAccount[account] ?? []).filter {
            records[$0]?.charge.state.name.isFinal == false
        }
    }

    private func record(
        of operation: AccountFact.Operation, on account: AccountID
    ) -> ChargeRecord? {
        guard let reference = ChargeReference(bytes: operation.reference),
            let uuid = UUIDv7(bytes: reference.chargeID),
            let record = records[ChargeID(uuid)],
            record.account == account, record.reference == reference
        else { return nil }
        return record
    }
}

// MARK: - Outcomes

extension Booking {
    /// Books what an operation's outcome means for the one it names and for others.
    private mutating func settle(
        _ operation: AccountFact.Operation, _ event: ChainEvent, _ legs: inout LedgerLegs
    ) -> [BreakClass] {
        let named = record(of: operation, on: event.account)
        var breaks: [BreakClass] = []
        if let named {
            breaks += recognise(named, operation, event, &legs)
        } else {
            post(event.fact, held: .zero, of: nil, on: event.account, &legs)
            breaks += adopt(operation, event, &legs)
        }
        for id in live(on: event.account) where id != named?.id {
            guard case .signed(let signing)? = records[id]?.charge.state,
                signing.sequence == operation.sequence
            else { continue }
            abandon(id, .displacedSeen(event.id), event, &legs)
        }
        return breaks
    }

    /// An outcome with a reference of ours, whatever number it came under.
    private mutating func recognise(
        _ named: ChargeRecord, _ operation: AccountFact.Operation, _ event: ChainEvent,
        _ legs: inout LedgerLegs
    ) -> [BreakClass] {
        var record = named
        let change = Self.change(event.fact, event.id)
        guard let change, (try? record.charge.handle(change)) != nil else {
            post(event.fact, held: .zero, of: nil, on: event.account, &legs)
            return [.unexpectedOutcome]
        }
        records[record.id] = record
        changed.insert(record.id)
        let isMoving = post(event.fact, held: named.hold, of: record.id, on: event.account, &legs)
        if !isMoving {
            entries += legs.entry(
                .release, on: event.account, record.id, from: .held(event.account),
                to: .escrow(event.account), named.hold)
        }
        var breaks: [BreakClass] = []
        if let amount = Self.amount(event.fact), amount != named.amount { breaks.append(.amount) }
        if case .signed(let signing) = named.charge.state, signing.sequence != operation.sequence {
            breaks.append(.otherSequence)
        }
        return breaks
    }

    /// An outcome with a reference that no row has. One for an obligation of ours is written as a
    /// row, so that nothing is charged for it again; one for none that we know is a break besides.
    private mutating func adopt(
        _ operation: AccountFact.Operation, _ event: ChainEvent, _ legs: inout LedgerLegs
    ) -> [BreakClass] {
        guard let reference = ChargeReference(bytes: operation.reference),
            let uuid = UUIDv7(bytes: reference.chargeID), records[ChargeID(uuid)] == nil
        else { return [.strangerReference] }
        let marked = (idsByMark[reference.mark] ?? []).compactMap { records[$0] }
        guard let kind = Self.kind(event.fact), let change = Self.change(event.fact, event.id),
            let amount = Self.amount(event.fact)
        else {
            let isKnown = marked.contains { $0.account == event.account }
            return isKnown ? [] : [.strangerReference]
        }
        let teller = Self.teller(kind, amount, on: event.account, among: marked)
        let unknown: [BreakClass] =
            teller.map { $0.account == event.account } ?? false ? [] : [.strangerReference]
        var charge = Charge(kind)
        _ = try? charge.handle(change)
        let record = ChargeRecord(
            id: ChargeID(uuid), account: event.account, amount: amount, reference: reference,
            invoice: teller?.invoice, charge: charge)
        let kin = marked.filter { $0.charge.kind == kind } + sharers(of: record, butOf: marked)
        records[record.id] = record
        idsByMark[reference.mark, default: []].append(record.id)
        guard case .settled = charge.state else {
            adopted.append(
                Adoption(record, operation.sequence, event, duplicates: nil, kin: teller?.id))
            return unknown
        }
        for other in kin where other.account == event.account {
            abandon(other.id, .superseded, event, &legs)
        }
        let rival = kin.first {
            guard let state = records[$0.id]?.charge.state.name else { return false }
            return state != .declined && state != .abandoned
        }
        adopted.append(
            Adoption(record, operation.sequence, event, duplicates: rival?.id, kin: teller?.id))
        return rival != nil ? [.settledTwice] : unknown
    }

    /// The newest that the same service asked for under the same obligation. A refund's obligation
    /// is its key alone, so that one of another account or amount says nothing of what it gives back
    /// of.
    private static func teller(
        _ kind: Charge.Kind, _ amount: MicroUSDC, on account: AccountID,
        among marked: [ChargeRecord]
    ) -> ChargeRecord? {
        let kin = marked.filter { $0.charge.kind == kind }
        switch kind {
        case .charge: return kin.last { $0.account == account } ?? kin.last
        case .refund: return kin.last { $0.account == account && $0.amount == amount }
        }
    }

    /// Charges of other services for the same invoice.
    private func sharers(
        of record: ChargeRecord, butOf marked: [ChargeRecord]
    ) -> [ChargeRecord] {
        guard let invoice = record.invoice else { return [] }
        let known = Set(marked.map(\.id))
        return records.values.filter {
            $0.invoice == invoice && $0.charge.kind == .charge && !known.contains($0.id)
        }.sorted { $0.id < $1.id }
    }

    /// - Returns: whether the event moves money.
    @discardableResult
    private mutating func post(
        _ fact: AccountFact, held: MicroUSDC, of charge: ChargeID?, on account: AccountID,
        _ legs: inout LedgerLegs
    ) -> Bool {
        switch fact {
        case .charged(_, let amount, _, _, _):
            entries += LedgerRules.charge(
                amount, held: held, of: charge, on: account, legs: &legs)
            return true
        case .refunded(_, let amount, _):
            entries += LedgerRules.refund(amount, of: charge, on: account, legs: &legs)
            return true
        case .opened, .deposited, .withdrawn, .limitChanged, .declined, .declinedAsStale,
            .cancelled:
            return false
        }
    }

    private static func change(_ fact: AccountFact, _ id: EventID) -> Charge.Event? {
        switch fact {
        case .charged: .chargedSeen(id)
        case .declined(_, _, let cause, _, _): .declinedSeen(cause, id)
        case .cancelled: .cancelledSeen(id)
        case .refunded: .refundedSeen(id)
        case .opened, .deposited, .withdrawn, .limitChanged, .declinedAsStale: nil
        }
    }

    private static func kind(_ fact: AccountFact) -> Charge.Kind? {
        switch fact {
        case .charged, .declined: .charge
        case .refunded: .refund
        case .opened, .deposited, .withdrawn, .limitChanged, .declinedAsStale, .cancelled: nil
        }
    }

    private static func amount(_ fact: AccountFact) -> MicroUSDC? {
        switch fact {
        case .charged(_, let amount, _, _, _), .declined(_, let amount, _, _, _),
            .refunded(_, let amount, _):
            amount
        case .opened, .deposited, .withdrawn, .limitChanged, .declinedAsStale, .cancelled: nil
        }
    }
}
