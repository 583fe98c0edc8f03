extension StruckFaults {
    /// A page of events as a broken index gives it: the same events, some twice, in disorder.
    func spoil(_ page: [Int]) -> [Int] {
        var page = page
        if has(.duplicateEvents), let first = page.first {
            page.insert(first, at: Int(entropy % UInt64(page.count)) + 1)
        }
        if has(.shuffledEvents) { page.reverse() }
        return page
    }
}
