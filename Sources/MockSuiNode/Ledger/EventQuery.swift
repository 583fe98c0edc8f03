import SuiProtocol

/// Which events are asked for.
struct EventQuery {
    var type: EventTypeFilter?
    /// The module that was called.
    var callee: (package: SuiAddress, module: MoveIdentifier?)?
    var sender: SuiAddress?
    var window = CheckpointWindow()
    /// Index of the event after which to begin; before which, when descending.
    var after: Int?
    var isDescending = false
    var limit = 50

    struct Page {
        var events: [Int]
        var hasNext: Bool
    }
}

extension LedgerView {
    /// Events in the order of the chain, each by its index.
    func events(_ query: EventQuery) -> EventQuery.Page {
        let transactions = transactions(in: query.window)
        let candidates = candidates(query, within: range(ofEventsIn: transactions))
        var found: [Int] = []
        var places = candidates.indices
        while let place = query.isDescending ? places.popLast() : places.popFirst() {
            guard matches(candidates[place], query) else { continue }
            guard found.count < query.limit else { return .init(events: found, hasNext: true) }
            found.append(candidates[place])
        }
        return .init(events: found, hasNext: false)
    }

    private func range(ofEventsIn transactions: Range<Int>) -> Range<Int> {
        guard !transactions.isEmpty else { return 0..<0 }
        let first = ledger.transactions[transactions.lowerBound].events.lowerBound
        return first..<ledger.transactions[transactions.upperBound - 1].events.upperBound
    }

    private func candidates(_ query: EventQuery, within range: Range<Int>) -> RisingIndices {
        var range = range
        if let after = query.after, !range.isEmpty {
            range =
                query.isDescending
                ? range.clamped(to: 0..<after) : range.clamped(to: (after + 1)..<Int.max)
        }
        guard let type = query.type else {
            let list = query.sender.map { ledger.eventsBySender[$0] ?? [] }
            return (list.map { RisingIndices($0[...]) } ?? RisingIndices(range)).clamped(to: range)
        }
        let lists = lists(of: type).map { RisingIndices($0[...]).clamped(to: range) }
        return lists.count == 1 ? lists[0] : RisingIndices(lists.joined().sorted()[...])
    }

    /// A name without type arguments stands for as many whole types as there are.
    private func lists(of type: EventTypeFilter) -> [[Int]] {
        switch type {
        case .package(let package):
            [ledger.eventsByPlace[EventPlace(package: package, module: nil)] ?? []]
        case .module(let package, let module):
            [ledger.eventsByPlace[EventPlace(package: package, module: module)] ?? []]
        case .exact(let type): [ledger.eventsByType[type] ?? []]
        case .name: ledger.eventsByType.filter { type.matches($0.key) }.map(\.value)
        }
    }

    private func matches(_ index: Int, _ query: EventQuery) -> Bool {
        let event = ledger.events[index]
        if let sender = query.sender,
            ledger.transactions[event.transaction].sender != sender
        {
            return false
        }
        guard let callee = query.callee else { return true }
        return event.callee.package == callee.package
            && (callee.module.map { $0 == event.callee.module } ?? true)
    }
}
