import Determinism
import Identifiers
import Services
import Testing

/// What happens to some customers over some months, drawn from a seed, and what it all costs:
/// computed here from the events alone, by sums over the whole, without the code under test.
struct YearScript {
    enum Action: Hashable {
        case enable(ServiceTier)
        case upgrade, downgrade
    }

    struct Line: Hashable {
        var at: Timestamp
        var customer: Int64
        var status: Int
    }

    struct Step {
        var at: Timestamp
        /// The first moments of a month, when fees begin.
        var turnsMonth: Bool
        var actions: [(customer: Int64, action: Action)] = []
        var lines: [Line] = []
    }

    /// Prices that come out uneven; the second version begins within a leap February.
    private struct Prices {
        var fees: [ServiceTier: Int64]
        var included: Int64
        var price: Int64
        var per: Int64
    }

    static func book() throws -> [UInt8] {
        Sample.book([
            try Sample.version(
                1, from: "2027-01-01", monthly: 20_000_003, price: 333_334, per: 3, included: 4),
            try Sample.version(
                2, from: "2028-02-11", monthly: 23_000_001, price: 250_001, per: 7, included: 2),
        ])
    }

    private static let prices = [
        Prices(
            fees: [.starter: 20_000_003, .pro: 40_000_006], included: 4, price: 333_334, per: 3),
        Prices(
            fees: [.starter: 23_000_001, .pro: 46_000_002], included: 2, price: 250_001, per: 7),
    ]
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 24 * hour

    let customers: ClosedRange<Int64>
    private(set) var steps: [Step] = []
    private let secondVersion: Timestamp
    private var tiers: [Int64: ServiceTier] = [:]
    private var falling: Set<Int64> = []

    /// - Parameter months: their first days; the last only ends the one before.
    init(
        seed: UInt64, customers count: Int64, months: [String], stepsPerMonth: Int64 = 3
    ) throws {
        customers = 1...count
        secondVersion = try Sample.time("2028-02-11T00:00:00Z")
        var chance = Chance(seed: seed)
        for (index, month) in months.enumerated() {
            let start = try Sample.time(month + "T00:00:00Z")
            let ends = index == months.count - 1
            addStep(
                at: start.adding(milliseconds: chance.number(60_000...1_200_000)),
                turnsMonth: index > 0, &chance)
            for step in 1..<(ends ? 1 : stepsPerMonth) {
                let days = step * 27 / stepsPerMonth + chance.number(0...3)
                addStep(
                    at: start.adding(
                        milliseconds: days * Self.day + chance.number(0...Self.day - 1)),
                    turnsMonth: false, &chance)
            }
        }
    }

    private mutating func addStep(at time: Timestamp, turnsMonth: Bool, _ chance: inout Chance) {
        var step = Step(at: time, turnsMonth: turnsMonth)
        if turnsMonth {
            for customer in falling { tiers[customer] = .starter }
            falling = []
        } else {
            for customer in customers {
                if let action = action(for: customer, &chance) {
                    step.actions.append((customer, action))
                }
            }
        }
        let days = (steps.suffix(2).map(\.at) + [time]).map { $0.milliseconds / Self.day }
        for customer in customers {
            for _ in 0..<chance.number(0...6) {
                let day = days[Int(chance.number(0...Int64(days.count - 1)))]
                let last = min(time.milliseconds, (day + 1) * Self.day - 1)
                step.lines.append(
                    Line(
                        at: Timestamp(milliseconds: chance.number(day * Self.day...last)),
                        customer: customer, status: chance.number(0...9) == 0 ? 429 : 200))
            }
        }
        steps.append(step)
    }

    private mutating func action(for customer: Int64, _ chance: inout Chance) -> Action? {
        guard chance.number(0...3) == 0 else { return nil }
        switch tiers[customer] {
        case nil:
            let tier: ServiceTier = chance.number(0...1) == 0 ? .starter : .pro
            tiers[customer] = tier
            return .enable(tier)
        case .starter:
            tiers[customer] = .pro
            return .upgrade
        default:
            guard !falling.contains(customer) else { return nil }
            falling.insert(customer)
            return .downgrade
        }
    }

    // MARK: - What it costs

    /// Base fees less what was returned of them.
    func fees(of customer: Int64) -> Int64 {
        var (sum, tier, falls) = (Int64(0), ServiceTier?.none, false)
        var paidBy = 0
        for step in steps {
            let version = version(at: step.at)
            if step.turnsMonth, let old = tier {
                let now = falls ? .starter : old
                (tier, falls) = (now, false)
                paidBy = version
                sum += Self.prices[version].fees[now] ?? 0
            }
            for (_, action) in step.actions.filter({ $0.customer == customer }) {
                switch action {
                case .downgrade: falls = true
                case .enable(let chosen):
                    tier = chosen
                    sum += Self.rest(of: Self.prices[version].fees[chosen] ?? 0, from: step.at)
                    paidBy = version
                case .upgrade:
                    sum += Self.rest(of: Self.prices[version].fees[.pro] ?? 0, from: step.at)
                    sum -= Self.rest(of: Self.prices[paidBy].fees[.starter] ?? 0, from: step.at)
                    (tier, paidBy) = (.pro, version)
                }
            }
        }
        return sum
    }

    /// Of successful requests, by month, tier and price.
    func use(of customer: Int64) -> Int64 {
        struct Group: Hashable {
            var month: String
            var tier: ServiceTier
            var version: Int
        }
        let periods = periods(of: customer)
        var counts: [Group: Int64] = [:]
        for line in steps.flatMap(\.lines) where line.customer == customer && line.status == 200 {
            let start = Timestamp(
                milliseconds: line.at.milliseconds / Self.hour * Self.hour)
            let within = periods.first {
                $0.from >= start && $0.from < start.adding(milliseconds: Self.hour)
            }
            let tier = periods.last { $0.from <= start }?.tier ?? within?.tier ?? .starter
            let month = String(start.rfc3339.prefix(7))
            counts[Group(month: month, tier: tier, version: version(at: start)), default: 0] += 1
        }
        return counts.reduce(0) { sum, group in
            let prices = Self.prices[group.key.version]
            return sum + max(0, group.value - prices.included) * prices.price / prices.per
        }
    }

    /// From when on each tier was served.
    private func periods(of customer: Int64) -> [(from: Timestamp, tier: ServiceTier)] {
        var found: [(from: Timestamp, tier: ServiceTier)] = []
        var falls = false
        for step in steps {
            if step.turnsMonth, falls {
                found.append((step.at, .starter))
                falls = false
            }
            for (_, action) in step.actions.filter({ $0.customer == customer }) {
                switch action {
                case .enable(let tier): found.append((step.at, tier))
                case .upgrade: found.append((step.at, .pro))
                case .downgrade: falls = true
                }
            }
        }
        return found
    }

    private func version(at time: Timestamp) -> Int { time >= secondVersion ? 1 : 0 }

    /// Of a month's fee, from the day of `time` on.
    private static func rest(of fee: Int64, from time: Timestamp) -> Int64 {
        let date = time.rfc3339
        let (year, month, day) = (
            Int64(date.prefix(4)) ?? 0, Int64(date.dropFirst(5).prefix(2)) ?? 0,
            Int64(date.dropFirst(8).prefix(2)) ?? 0
        )
        let lengths: [Int64] = [31, year == 2028 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return fee - fee * (day - 1) / lengths[Int(month) - 1]
    }
}
