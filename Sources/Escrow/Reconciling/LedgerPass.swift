import Identifiers
import Storage

/// Compares all that the database says with itself, at one moment, in pages.
struct LedgerPass: Sendable {
    /// Between two reports of progress.
    private static let stride = 5000

    let transaction: Transaction
    let filter: ReconciliationFilter
    /// Whose mirrors are compared; nil for all.
    let accounts: [AccountID]?
    let sizes: SizesRow
    let findings: Findings

    func run() async throws(StorageError) {
        try await compareEvents()
        try await compareHolds()
        try await compareAccounts()
        try await reportBreaks()
    }

    /// Three lists in one order, walked together: what belongs to one event is looked at at once.
    private func compareEvents() async throws(StorageError) {
        try await transaction.openEvents(filter)
        try await transaction.openEntries(filter)
        try await transaction.openOutcomes(filter)
        var events = Cursor<StoredEventRow>(transaction, fetch: ReconciliationPages.events)
        var entries = Cursor<StoredEntryRow>(transaction, fetch: ReconciliationPages.entries)
        var outcomes = Cursor<StoredOutcomeRow>(transaction, fetch: ReconciliationPages.outcomes)
        var done = 0
        while true {
            let heads = [
                try await events.peek()?.event.id, try await entries.peek()?.entry.event,
                try await outcomes.peek()?.outcome.event,
            ]
            guard let id = heads.compactMap(\.self).min() else { break }
            let event = heads[0] == id ? try await events.next()?.event : nil
            let posted = try await take(&entries, of: id)
            let ended = try await take(&outcomes, of: id)
            findings.report(
                EventComparison(id: id, event: event, entries: posted, outcomes: ended)
                    .discrepancies, unfitting: Discrepancy.Kind.decisive)
            findings.count {
                $0.events += event == nil ? 0 : 1
                $0.entries += posted.count
                $0.outcomes += ended.count
            }
            done += 1
            guard done % Self.stride == 0 else { continue }
            guard !Task.isCancelled else { throw .unavailable }
            findings.reached(.events, done, of: sizes.events)
        }
        findings.reached(.events, done, of: done)
    }

    private func take(
        _ entries: inout Cursor<StoredEntryRow>, of id: EventID
    ) async throws(StorageError) -> [StoredEntry] {
        var taken: [StoredEntry] = []
        while let row = try await entries.peek(), row.entry.event == id {
            taken.append(row.entry)
            _ = try await entries.next()
        }
        return taken
    }

    private func take(
        _ outcomes: inout Cursor<StoredOutcomeRow>, of id: EventID
    ) async throws(StorageError) -> [StoredOutcome] {
        var taken: [StoredOutcome] = []
        while let row = try await outcomes.peek(), row.outcome.event == id {
            taken.append(row.outcome)
            _ = try await outcomes.next()
        }
        return taken
    }

    private func compareHolds() async throws(StorageError) {
        try await transaction.openHolds(filter)
        var holds = Cursor<HoldRow>(transaction, fetch: ReconciliationPages.holds)
        var done = 0
        while let row = try await holds.next() {
            if let discrepancy = row.hold.discrepancy { findings.report([discrepancy]) }
            done += 1
            if done % Self.stride == 0 { findings.reached(.holds, done, of: sizes.charges) }
        }
        let strays = try await transaction.strayHolds(filter)
        findings.report(
            strays.map {
                Discrepancy(
                    .state, "hold without a charge", account: $0.account, charge: $0.charge,
                    expected: "a charge", found: String($0.amount))
            })
        findings.count { [done] in $0.holds += done }
        findings.reached(.holds, done, of: done)
    }

    private func compareAccounts() async throws(StorageError) {
        try await transaction.openAccounts(among: accounts)
        try await transaction.openAccountEvents(among: accounts)
        var accounts = Cursor<SummedAccountRow>(transaction, fetch: ReconciliationPages.accounts)
        var events = Cursor<AccountEventRow>(transaction, fetch: ReconciliationPages.accountEvents)
        var done = 0
        var accountCount = 0
        while let summed = try await accounts.next() {
            let mirror = summed.row.mirror
            var replay = AccountReplay()
            while let event = try await events.peek(), event.account <= mirror.id {
                _ = try await events.next()
                done += 1
                if done % Self.stride == 0 { findings.reached(.mirrors, done, of: sizes.events) }
                guard event.account == mirror.id,
                    let fact = AccountFact(name: event.name, bcs: event.bcs)
                else { continue }
                replay.apply(fact, of: mirror.id, isPrimary: mirror.isPrimary)
            }
            findings.report(
                AccountComparison(
                    mirror: mirror, held: summed.row.held, sums: summed.sums,
                    replayed: replay.mirror
                ).discrepancies)
            accountCount += 1
        }
        findings.count { [accountCount] in $0.accounts += accountCount }
        findings.reached(.mirrors, done, of: done)
    }

    /// What did not fit when it was booked, and no human has looked at yet.
    private func reportBreaks() async throws(StorageError) {
        let breaks = try await transaction.openBreaks(filter)
        findings.report(
            breaks.map {
                Discrepancy(
                    $0.what?.kind ?? .state, "open break \($0.name)", account: $0.account,
                    event: $0.event)
            })
    }
}

extension BreakClass {
    var kind: Discrepancy.Kind {
        switch self {
        case .balance, .amount, .spendingLimit: .amount
        case .openedTwice: .account
        case .sequence, .otherSequence, .unexpectedOutcome, .settledTwice: .state
        case .strangerReference: .orphanEvent
        }
    }
}
