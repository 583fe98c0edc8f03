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

    private func candidates(_ query: EventQuery, within range: Range<Int>) -> ArraySlice<Int> {
        var range = range
        if let after = query.after, !range.isEmpty {
            range =
                query.isDescending
                ? range.clamped(to: 0..<after) : range.clamped(to: (after + 1)..<Int.max)
        }
        guard let type = query.type else { return ArraySlice(range) }
        let lists = ledger.eventsByType.filter { type.matches($0.key) }.map(\.value)
        let slices = lists.map { list in
            let start = list.firstIndex(notBelow: range.lowerBound)
            return list[start..<list.firstIndex(notBelow: range.upperBound)]
        }
        guard slices.count != 1 else { return slices[0] }
        return ArraySlice(slices.joined().sorted())
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

extension Array where Element == Int {
    /// In an array that rises: where the first element not below `bound` is, or the end.
    func firstIndex(notBelow bound: Int) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
