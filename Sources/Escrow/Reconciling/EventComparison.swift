import Identifiers

/// Compares one event with what stands in the ledger and in the charges because of it. Pure.
///
/// What an event moves follows from its bytes alone: `LedgerRules` has the same rules.
struct EventComparison {
    let id: EventID
    /// Nil where entries or outcomes name an event that is not there.
    let event: StoredEvent?
    let entries: [StoredEntry]
    let outcomes: [StoredOutcome]

    var discrepancies: [Discrepancy] {
        guard let event else { return withoutEvent }
        guard let account = event.account, event.isOurs else { return ofStrangers(event) }
        guard let fact = event.fact, event.accountInBytes == account else {
            return [
                Discrepancy(
                    .account, "event's bytes", account: account, event: id,
                    expected: event.accountInBytes?.description ?? event.name, found: event.name)
            ]
        }
        return columns(event, fact) + postings(event, fact, account) + ends(event, fact, account)
    }

    // MARK: - Without an account of ours

    private var withoutEvent: [Discrepancy] {
        entries.map {
            Discrepancy(
                .missingOnChain, "entry \($0.purpose.rawValue)", account: $0.account, event: id,
                charge: $0.charge, found: String($0.amount))
        }
            + outcomes.map {
                Discrepancy(
                    .missingOnChain, "outcome \($0.state.rawValue)", account: $0.account,
                    event: id, charge: $0.charge, found: String($0.amount))
            }
    }

    private func ofStrangers(_ event: StoredEvent) -> [Discrepancy] {
        entries.map {
            Discrepancy(
                .account, "entry \($0.purpose.rawValue)", account: $0.account, event: id,
                charge: $0.charge, expected: "none: the event is a stranger's",
                found: String($0.amount))
        }
            + outcomes.map {
                Discrepancy(
                    .account, "outcome \($0.state.rawValue)", account: $0.account, event: id,
                    charge: $0.charge, expected: "none: the event is a stranger's",
                    found: String($0.amount))
            }
    }

    // MARK: - The row and its bytes

    private func columns(_ event: StoredEvent, _ fact: AccountFact) -> [Discrepancy] {
        let told = ToldFigures(fact)
        let pairs: [(what: String, expected: Int64?, found: Int64?)] = [
            ("stored amount", told.amount, event.amount),
            ("stored balance", told.balance, event.balance),
            ("stored sequence", told.sequence, event.sequence),
        ]
        return pairs.filter { $0.expected != $0.found }.map {
            Discrepancy(
                .amount, $0.what, account: event.account, event: id,
                expected: $0.expected.map(String.init), found: $0.found.map(String.init))
        }
    }

    // MARK: - The ledger

    private func postings(
        _ event: StoredEvent, _ fact: AccountFact, _ account: AccountID
    ) -> [Discrepancy] {
        var found: [Discrepancy] = []
        let movement = Movement(fact, on: account)
        let moving = entries.filter { $0.purpose == movement?.purpose }
        if let movement, moving.isEmpty, movement.amount > 0 {
            found.append(
                Discrepancy(
                    .missingInLedger, "entry \(movement.purpose.rawValue)", account: account,
                    event: id, expected: String(movement.amount), isDerivable: true))
        }
        for (place, entry) in moving.enumerated() {
            guard let movement else { continue }
            found += judge(entry, movement, isFirst: place == 0, account)
        }
        for entry in entries where entry.purpose != movement?.purpose {
            found += judge(entry, event, fact, account)
        }
        return found
    }

    private func judge(
        _ entry: StoredEntry, _ movement: Movement, isFirst: Bool, _ account: AccountID
    ) -> [Discrepancy] {
        let what = "entry \(entry.purpose.rawValue)"
        if entry.account != account || !movement.allows(entry) {
            return [
                Discrepancy(
                    .account, what, account: account, event: id, charge: entry.charge,
                    expected: movement.description, found: "\(entry.debit) to \(entry.credit)")
            ]
        }
        guard isFirst, entry.amount == movement.amount else {
            return [
                Discrepancy(
                    .amount, what, account: account, event: id, charge: entry.charge,
                    expected: isFirst ? String(movement.amount) : "one entry",
                    found: String(entry.amount))
            ]
        }
        return []
    }

    /// An entry beside the event's own movement: a hold given back, or an adjustment to the
    /// chain's figure, which a break must explain.
    private func judge(
        _ entry: StoredEntry, _ event: StoredEvent, _ fact: AccountFact, _ account: AccountID
    ) -> [Discrepancy] {
        switch entry.purpose {
        case .release where entry.account == account && entry.charge != nil: return []
        case .adjustment where entry.account == account && event.hasBreak: return []
        case .adjustment, .release, .deposit, .withdrawal, .hold, .charge, .refund:
            return [
                Discrepancy(
                    entry.account == account ? .amount : .account,
                    "entry \(entry.purpose.rawValue)", account: account, event: id,
                    charge: entry.charge, expected: "none for \(event.name)",
                    found: String(entry.amount))
            ]
        }
    }

    // MARK: - The charges

    private func ends(
        _ event: StoredEvent, _ fact: AccountFact, _ account: AccountID
    ) -> [Discrepancy] {
        guard let operation = fact.outcome else {
            return outcomes.map {
                Discrepancy(
                    .state, "outcome \($0.state.rawValue)", account: account, event: id,
                    charge: $0.charge, expected: "none: \(event.name) ends nothing",
                    found: $0.state.rawValue)
            }
        }
        let named = outcomes.filter { $0.abandonCause != .displaced }
        var found = outcomes.filter { $0.abandonCause == .displaced }.flatMap {
            judgeDisplaced($0, operation, account)
        }
        if named.isEmpty, !event.hasBreak, !isLostCancellation(event, fact, operation) {
            found.append(
                Discrepancy(
                    .orphanEvent, event.name, account: account, event: id,
                    expected: "an operation of ours", found: "sequence \(operation.sequence)"))
        }
        return found + named.flatMap { judge($0, fact, operation, account, event) }
    }

    /// The one outcome that ends an operation that the database has lost and leaves no row: it says
    /// neither an amount nor a kind, and moves nothing.
    private func isLostCancellation(
        _ event: StoredEvent, _ fact: AccountFact, _ operation: AccountFact.Operation
    ) -> Bool {
        guard case .cancelled = fact else { return false }
        return event.isOfKnownObligation && event.reference == operation.reference
    }

    private func judge(
        _ outcome: StoredOutcome, _ fact: AccountFact, _ operation: AccountFact.Operation,
        _ account: AccountID, _ event: StoredEvent
    ) -> [Discrepancy] {
        func differs(
            _ kind: Discrepancy.Kind, _ what: String, _ expected: String, _ found: String
        ) -> Discrepancy {
            Discrepancy(
                kind, what, account: account, event: id, charge: outcome.charge,
                expected: expected, found: found)
        }
        let told = ToldFigures(fact)
        var found: [Discrepancy] = []
        if outcome.account != account {
            found.append(
                differs(.account, "charge", account.description, outcome.account.description))
        }
        if outcome.reference != operation.reference || outcome.sequence != operation.sequence {
            found.append(
                differs(
                    .state, "sequence and reference", "sequence \(operation.sequence)",
                    "sequence \(outcome.sequence)"))
        }
        if !told.ends(outcome) {
            found.append(differs(.state, "charge", event.name, outcome.state.rawValue))
        }
        if let amount = told.amount, amount != outcome.amount, !event.hasBreak {
            found.append(differs(.amount, "charge", String(amount), String(outcome.amount)))
        }
        return found
    }

    private func judgeDisplaced(
        _ outcome: StoredOutcome, _ operation: AccountFact.Operation, _ account: AccountID
    ) -> [Discrepancy] {
        guard outcome.account == account, outcome.reference != operation.reference else {
            return [
                Discrepancy(
                    .state, "displaced charge", account: account, event: id,
                    charge: outcome.charge, expected: "another operation's event",
                    found: outcome.state.rawValue)
            ]
        }
        return []
    }
}
