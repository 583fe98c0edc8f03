/// Indices into the chain in rising order: a stretch of it, or a part of a list. Narrowing and
/// looking up cost no more however long the chain is.
struct RisingIndices: RandomAccessCollection {
    private let list: ArraySlice<Int>?
    private let range: Range<Int>

    init(_ range: Range<Int>) {
        list = nil
        self.range = range
    }

    /// - Parameter list: rises.
    init(_ list: ArraySlice<Int>) {
        self.list = list
        range = list.indices
    }

    var startIndex: Int { range.lowerBound }
    var endIndex: Int { range.upperBound }

    subscript(position: Int) -> Int { list?[position] ?? position }

    /// Those within `bounds`.
    func clamped(to bounds: Range<Int>) -> RisingIndices {
        guard let list else { return RisingIndices(range.clamped(to: bounds)) }
        let start = list.firstIndex(notBelow: bounds.lowerBound) { $0 }
        let end = list.firstIndex(notBelow: bounds.upperBound) { $0 }
        return RisingIndices(list[start..<Swift.max(start, end)])
    }
}

extension RandomAccessCollection where Index == Int {
    /// In a collection that rises by `key`: where the first element not below `bound` is, or the
    /// end.
    func firstIndex<Key: Comparable>(notBelow bound: Key, by key: (Element) -> Key) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
