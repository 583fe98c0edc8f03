import Identifiers

/// Requests on one invoice line, and the hours that they were made in.
public struct UsageCharge: Hashable, Sendable {
    /// Those requests of an hour's sum that stand on this line: after the first `from`, through
    /// `through`.
    public struct Part: Hashable, Sendable {
        public let hour: Hour
        public let from: Int64
        public let through: Int64

        public init(hour: Hour, from: Int64, through: Int64) {
            self.hour = hour
            self.from = from
            self.through = through
        }
    }

    public let group: UsageGroup
    /// Requests of the group that were invoiced before these.
    public let before: Int64
    /// In the order of their hours.
    public let parts: [Part]

    public init(group: UsageGroup, before: Int64, parts: [Part]) {
        self.group = group
        self.before = before
        self.parts = parts
    }

    /// - Throws: ``RatingError/tooLarge`` above 2⁶³ − 1, ``RatingError/usageFell(_:)`` for a part
    ///   that has no requests.
    public func count() throws(RatingError) -> Int64 {
        var count: Int64 = 0
        for part in parts {
            guard part.from >= 0, part.through > part.from else {
                throw .usageFell(part.hour)
            }
            let (sum, didOverflow) = count.addingReportingOverflow(part.through - part.from)
            guard !didOverflow else { throw .tooLarge }
            count = sum
        }
        return count
    }

    /// By the version that the group names, whatever is in force now.
    func cost(by book: PriceBook) throws(RatingError) -> MicroUSDC {
        let terms = try book.known(group.priceVersion).terms(of: group.tier, for: group.service)
        return try terms.cost(of: count(), after: before)
    }
}
