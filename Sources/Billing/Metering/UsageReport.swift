public import Determinism
public import Identifiers
public import Services

/// A customer's use, period by period, with what it costs.
///
/// Costs run through a month in the order of its hours, so that those of its periods add up to what
/// the month costs, however it was cut into invoices.
public struct UsageReport: Hashable, Sendable {
    public enum Granularity: String, Sendable, CaseIterable {
        case hour, day
    }

    /// Use of one service in one period.
    public struct Item: Hashable, Sendable {
        public let start: Timestamp
        public let service: ServiceType
        public internal(set) var requests: Int64
        public internal(set) var successful: Int64
        public internal(set) var bytesIn: Int64
        public internal(set) var bytesOut: Int64
        /// Nil where something of it has no price.
        public internal(set) var cost: MicroUSDC?
    }

    /// In the order of their periods, then of their services.
    public let items: [Item]

    /// - Parameters:
    ///   - sums: of every period since the beginning of the first one's month, in any order.
    ///   - from: periods before it only count for what later ones cost.
    init(_ sums: [PeriodSum], from: Timestamp, by book: PriceBook?) {
        var before: [UsageGroup: Int64] = [:]
        var items: [Item] = []
        for sum in sums.sorted(by: {
            ($0.start, $0.service, $0.tier) < ($1.start, $1.service, $1.tier)
        }) {
            let cost = Self.cost(of: sum, &before, by: book)
            guard sum.start >= from else { continue }
            guard let last = items.last, last.start == sum.start, last.service == sum.service
            else {
                items.append(
                    Item(
                        start: sum.start, service: sum.service, requests: sum.requests,
                        successful: sum.successful, bytesIn: sum.bytesIn, bytesOut: sum.bytesOut,
                        cost: cost))
                continue
            }
            items[items.count - 1].add(sum, cost)
        }
        self.items = items
    }

    private static func cost(
        of sum: PeriodSum, _ before: inout [UsageGroup: Int64], by book: PriceBook?
    ) -> MicroUSDC? {
        guard let version = book?.version(at: sum.start) else { return nil }
        let group = UsageGroup(
            month: Month(containing: sum.start), service: sum.service, tier: sum.tier,
            priceVersion: version.number)
        let first = before[group] ?? 0
        before[group] = first + sum.successful
        guard let terms = try? version.terms(of: sum.tier, for: sum.service) else { return nil }
        return try? terms.cost(of: sum.successful, after: first)
    }
}

/// What is stored of one service and tier in one period.
struct PeriodSum: Hashable, Sendable {
    var start: Timestamp
    var service: ServiceType
    var tier: ServiceTier
    var requests: Int64
    var successful: Int64
    var bytesIn: Int64
    var bytesOut: Int64
}

extension UsageReport.Item {
    fileprivate mutating func add(_ sum: PeriodSum, _ other: MicroUSDC?) {
        requests += sum.requests
        successful += sum.successful
        bytesIn += sum.bytesIn
        bytesOut += sum.bytesOut
        cost = cost.flatMap { mine in other.flatMap { try? mine.adding($0) } }
    }
}
