import Determinism
import Identifiers
import Storage
import SuiProtocol

/// Repairs one account in one transaction of the leader's.
struct AccountRepair: Sendable {
    let transaction: Transaction
    let operators: Set<ObjectID>
    let account: AccountID
    /// In the chain's order.
    let candidates: [RepairPlan.Missing]
    let now: Timestamp

    /// - Returns: what was done; empty where nothing had to be, or could be.
    func run() async throws(StorageError) -> [RepairDeed] {
        guard let row = try await transaction.lockAccounts([account]).first else { return [] }
        let missing = try await placeable()
        let unposted = try await unposted()
        let all = Self.ordered(missing + unposted)
        let plan = try await plan(all, isPrimary: row.mirror.isPrimary)
        guard var mirror = plan.mirror else { return [] }
        mirror.freeze = plan.breaks.first?.what ?? row.mirror.freeze
        var deeds = missing.map(booked)
        let added = try await write(plan, missing.map(\.event))
        deeds += added.map { entry in
            RepairDeed(
                .entriesAdded, account: account, event: entry.event,
                "\(entry.purpose.rawValue) of \(entry.amount)")
        }
        deeds += try await adjust(to: mirror, after: all.last?.event.id)
        if let deed = try await rebuild(mirror, over: row) { deeds.append(deed) }
        for deed in deeds { try await transaction.record(deed, at: now) }
        return deeds
    }

    private static func ordered(_ missing: [RepairPlan.Missing]) -> [RepairPlan.Missing] {
        missing.sorted {
            ($0.event.checkpoint, $0.rank) < ($1.event.checkpoint, $1.rank)
        }
    }

    private func booked(_ missing: RepairPlan.Missing) -> RepairDeed {
        let amount = missing.event.fact.flatMap { ToldFigures($0).amount }
        let figure = amount.map { " of \($0)" } ?? ""
        return RepairDeed(
            .eventBooked, account: account, event: missing.event.id,
            "\(missing.event.name)\(figure), checkpoint \(missing.event.checkpoint)")
    }

    /// Rows are in the order in which they were booked: an event that came late has a place only
    /// where its checkpoint has no other of the account. The rest is left for a human.
    private func placeable() async throws(StorageError) -> [RepairPlan.Missing] {
        let taken = try await transaction.checkpoints(
            of: account, among: candidates.map(\.event.checkpoint))
        return candidates.filter { !taken.contains($0.event.checkpoint) }
    }

    /// Events that are stored, move money, and have moved none.
    private func unposted() async throws(StorageError) -> [RepairPlan.Missing] {
        try await transaction.unpostedEvents(of: account).compactMap { row in
            guard let event = EscrowEvent(named: row.name, bcs: row.bcs) else { return nil }
            return .init(
                event: RawEvent(id: row.id, checkpoint: row.checkpoint, at: row.at, event),
                rank: Int.max, isStored: true)
        }
    }

    // MARK: - The history with what was missing in it

    private func plan(
        _ missing: [RepairPlan.Missing], isPrimary: Bool
    ) async throws(StorageError) -> RepairPlan {
        let references = missing.compactMap { missing in
            missing.event.fact?.outcome.flatMap { ChargeReference(bytes: $0.reference) }
        }
        let records = try await transaction.records(on: [account], references: references)
        let held = try await transaction.openHolds(of: account)
        var plan = RepairPlan(
            account: account, isPrimary: isPrimary, operators: operators, missing: missing,
            records: records, reopened: Self.reopened(records, held, missing))
        try await transaction.openHistory(of: account)
        var history = Cursor<HistoryRow>(transaction, fetch: RepairPages.history)
        while let row = try await history.next() {
            guard let fact = AccountFact(name: row.name, bcs: row.bcs) else { continue }
            plan.pass(fact, id: row.id, checkpoint: row.checkpoint)
        }
        try await transaction.closeHistory()
        plan.finish()
        return plan
    }

    /// Charges that have ended while their money is still set aside, by the stored event that ended
    /// them: what it takes, it takes from there.
    private static func reopened(
        _ records: [ChargeRecord], _ held: Set<ChargeID>, _ missing: [RepairPlan.Missing]
    ) -> [EventID: ChargeRecord] {
        let stored = Set(missing.filter(\.isStored).map(\.event.id))
        var reopened: [EventID: ChargeRecord] = [:]
        for record in records where held.contains(record.id) {
            guard case .settled(let event) = record.charge.state, stored.contains(event) else {
                continue
            }
            reopened[event] = ChargeRecord(
                id: record.id, account: record.account, amount: record.amount,
                reference: record.reference, invoice: record.invoice,
                charge: Charge(record.charge.kind))
        }
        return reopened
    }

    // MARK: - Writing

    private struct Added {
        var event: EventID
        var purpose: LedgerEntry.Purpose
        var amount: MicroUSDC
    }

    private func write(
        _ plan: RepairPlan, _ events: [RawEvent]
    ) async throws(StorageError) -> [Added] {
        try await transaction.insert(events, booked: Set(events.map(\.id)))
        let outcomes = Dictionary(
            events.compactMap { event in
                event.fact?.outcome.map { (event.id, ($0.sequence, event.checkpoint)) }
            }, uniquingKeysWith: { first, _ in first })
        _ = try await transaction.end(plan.ended, sequences: outcomes, at: now)
        for adoption in plan.adopted { try await transaction.insert(adoption, at: now) }
        try await transaction.insert(plan.breaks, at: now)
        let entries = try await absent(plan.entries)
        try await transaction.insert(entries, at: now)
        let fresh = Set(events.map(\.id))
        return entries.compactMap { entry in
            guard case .event(let id, _) = entry.cause, !fresh.contains(id) else { return nil }
            return Added(event: id, purpose: entry.purpose, amount: entry.amount)
        }
    }

    /// Those of which the event has none of that purpose yet, on legs that are free.
    private func absent(_ entries: [LedgerEntry]) async throws(StorageError) -> [LedgerEntry] {
        let events = entries.compactMap { entry -> EventID? in
            guard case .event(let id, _) = entry.cause else { return nil }
            return id
        }
        let known = try await transaction.entryKeys(of: events)
        var legs = Dictionary(grouping: known, by: \.event).mapValues { rows in
            (rows.map(\.leg).max() ?? -1) + 1
        }
        return entries.compactMap { entry in
            guard case .event(let id, _) = entry.cause,
                !known.contains(where: {
                    $0.event == id && $0.purpose == entry.purpose.rawValue
                })
            else { return nil }
            let leg = legs[id, default: 0]
            legs[id] = leg + 1
            return LedgerEntry(
                entry.purpose, .event(id, leg: leg), account: entry.account, charge: entry.charge,
                from: entry.debit, to: entry.credit, entry.amount)
        }
    }

    /// Where an adjustment stood for the event that was missing, it is taken back: what counts is
    /// the balance that the chain's last event gave.
    private func adjust(
        to mirror: AccountMirror, after event: EventID?
    ) async throws(StorageError) -> [RepairDeed] {
        guard let event, let sums = try await transaction.ledgerSums(of: account) else {
            return []
        }
        let difference = Int128(mirror.balance.units) - sums.escrow - sums.held
        guard difference != 0 else { return [] }
        let known = try await transaction.entryKeys(of: [event]).filter { $0.event == event }
        var legs = LedgerLegs(of: event, from: (known.map(\.leg).max() ?? -1) + 1)
        let entries = LedgerRules.adjustment(by: difference, on: account, legs: &legs)
        try await transaction.insert(entries, at: now)
        try await transaction.insertSettledBreak(event, on: account, at: now)
        return [
            RepairDeed(
                .ledgerAdjusted, account: account, event: event,
                "by \(difference), to the chain's balance of \(mirror.balance)")
        ]
    }

    private func rebuild(
        _ mirror: AccountMirror, over row: AccountRow
    ) async throws(StorageError) -> RepairDeed? {
        let sums = try await transaction.ledgerSums(of: account)
        let held = sums.map { Int64(clamping: $0.held) } ?? row.held.units
        guard mirror != row.mirror || held != row.held.units, held >= 0 else { return nil }
        try await transaction.rebuild(mirror, held: held, at: now)
        let words =
            "balance \(row.mirror.balance) to \(mirror.balance), sequence "
            + "\(row.mirror.sequence) to \(mirror.sequence), held \(row.held) to \(held)"
        return RepairDeed(.mirrorRebuilt, account: account, words)
    }
}
