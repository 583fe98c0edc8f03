/// Finds what the user may have meant.
enum Suggestion {
    /// The candidate nearest to `typed`, or nil when none is near enough to be a slip of the hand:
    /// at most a third of the letters, and never more than three edits.
    static func nearest(to typed: String, among candidates: [String]) -> String? {
        let limit = min(3, max(1, typed.count / 3))
        let nearest = candidates.map { (distance(typed, $0), $0) }.min { $0.0 < $1.0 }
        guard let nearest, nearest.0 <= limit else { return nil }
        return nearest.1
    }

    /// Edits between two words: insert, delete, replace, or swap two neighbours (optimal string
    /// alignment; Boytsov 2011, section 2.2). Letter case does not count.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().utf8)
        let right = Array(right.lowercased().utf8)
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + [Int](repeating: 0, count: right.count)
            for column in 1...right.count {
                let same = left[row - 1] == right[column - 1]
                current[column] = min(
                    last[column] + 1, current[column - 1] + 1,
                    last[column - 1] + (same ? 0 : 1))
                let isSwap =
                    row > 1 && column > 1 && left[row - 1] == right[column - 2]
                    && left[row - 2] == right[column - 1]
                if isSwap {
                    current[column] = min(current[column], beforeLast[column - 2] + 1)
                }
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
