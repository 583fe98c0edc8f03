/// Up to which id every row was drawn, and nearly always sealed, long before a moment. Pure, and
/// small: it keeps only the seals of the last minutes.
struct SettledIDs {
    private var recent: [(settledAt: DatabaseMoment, highestAuditID: Int64)] = []
    private(set) var highest: Int64 = 0

    /// - Parameter seal: signed; later than those before.
    mutating func add(_ seal: AuditSeal) {
        guard let settledAt = seal.settledAt, settledAt != recent.last?.settledAt else { return }
        recent.append((settledAt, seal.highestAuditID))
        advance(to: settledAt)
    }

    mutating func advance(to moment: DatabaseMoment) {
        let limit = moment.adding(milliseconds: -Lateness.settledMilliseconds)
        let passed = recent.prefix { $0.settledAt < limit }
        if let last = passed.last { highest = last.highestAuditID }
        recent.removeFirst(passed.count)
    }
}
