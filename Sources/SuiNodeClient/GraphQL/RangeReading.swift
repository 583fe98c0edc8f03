import SuiProtocol

/// Reads all of a range, page by page; several parts of it at once where there is much.
protocol RangeReading: Sendable {
    associatedtype Element: Sendable

    var line: NodeLine { get }
    /// What has to be listed by each answer, whichever part it is of.
    var whole: ClosedRange<Int64> { get }

    func page(
        of part: ClosedRange<Int64>, after: String?
    ) async throws(NodeFault) -> NodePage<Element>
    func checkpoint(of element: Element) -> Int64?
}

/// All of a range.
struct RangeContents<Element: Sendable>: Sendable {
    let elements: [Element]
    let head: NodeCheckpointHead
}

extension RangeReading {
    func all() async throws(NodeFault) -> RangeContents<Element> {
        let first = try await checked(whole, after: nil)
        let head = try head(of: first)
        guard let next = first.next else {
            return RangeContents(elements: first.elements, head: head)
        }
        guard let reached = first.elements.last.flatMap(checkpoint), reached < whole.upperBound
        else {
            let rest = try await rest(of: whole, after: next)
            return RangeContents(elements: first.elements + rest, head: head)
        }
        // The page may end in the middle of a checkpoint, so that one is read again.
        let kept = first.elements.filter { checkpoint(of: $0).map { $0 < reached } ?? false }
        let parts = split(reached...whole.upperBound, density: reached - whole.lowerBound + 1)
        let others = try await fanOut(parts, width: line.limits.fanOut) {
            part throws(NodeFault) in
            try await rest(of: part, after: nil)
        }
        return RangeContents(elements: kept + others.flatMap { $0 }, head: head)
    }

    /// - Parameter density: checkpoints that filled a page.
    private func split(
        _ range: ClosedRange<Int64>, density: Int64
    ) -> [ClosedRange<Int64>] {
        let count = Int64(range.count)
        let pages = max(1, count / density)
        let parts = min(count, pages, Int64(line.limits.fanOut))
        return (0..<parts).map { part in
            let start = range.lowerBound + count * part / parts
            return start...(range.lowerBound + count * (part + 1) / parts - 1)
        }
    }

    private func rest(
        of part: ClosedRange<Int64>, after: String?
    ) async throws(NodeFault) -> [Element] {
        var elements: [Element] = []
        var next = after
        repeat {
            let page = try await checked(part, after: next)
            elements += page.elements
            next = page.next
        } while next != nil
        return elements
    }

    /// - Throws: where the answer itself does not say that all of the range can be listed: one that
    ///   lags behind would leave out events and not know it.
    private func checked(
        _ part: ClosedRange<Int64>, after: String?
    ) async throws(NodeFault) -> NodePage<Element> {
        let page = try await page(of: part, after: after)
        guard page.available.upperBound >= whole.upperBound else {
            throw .notIndexed(indexed: page.available.upperBound)
        }
        guard page.available.lowerBound <= whole.lowerBound else {
            throw .historyPruned(firstAvailable: page.available.lowerBound)
        }
        _ = try head(of: page)
        return page
    }

    private func head(of page: NodePage<Element>) throws(NodeFault) -> NodeCheckpointHead {
        guard let head = page.head else {
            throw line.distrust("the last checkpoint is listed and not there")
        }
        return head
    }
}
