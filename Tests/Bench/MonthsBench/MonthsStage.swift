import Billing
import Determinism
import Idempotency
import Identifiers
import Observability
import Services
import Storage

/// All that twelve months need, on one database and one clock.
struct MonthsStage {
    private static let callers = 6

    private let clock = SimulatedWorld(seed: 1, now: Timestamp(milliseconds: 0))
    private let books: PriceBooks
    private let meter: Meter
    private let biller: Biller
    private let subscriptions: Subscriptions

    init(url: String) throws {
        let metrics = MetricsRegistry()
        let database = try Database(
            DatabaseConfiguration(url: url, poolSize: 6, deadlineMilliseconds: 120_000),
            logger: .disabled, metrics: metrics)
        let surroundings = clock.surroundings
        books = PriceBooks(database: database, surroundings: surroundings)
        meter = Meter(database: database, surroundings: surroundings, metrics: metrics)
        biller = Biller(
            database: database, books: books, surroundings: surroundings, logger: .disabled)
        subscriptions = Subscriptions(
            database: database, books: books, surroundings: surroundings)
    }

    /// `at MILLISECONDS`, `prices TEXT`, `meter`, `bill`, `configure TIER CUSTOMERS` or
    /// `enable CUSTOMERS`, where customers are numbers between commas.
    func perform(_ line: String) async throws {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch (words[0], words.count) {
        case ("at", 2):
            let time = Int64(words[1]) ?? 0
            clock.advance(milliseconds: time - clock.surroundings.now().milliseconds)
        case ("prices", 2...): try await books.load(Array(line.dropFirst(7).utf8))
        case ("meter", 1): _ = try await meter.run()
        case ("bill", 1):
            let report = try await biller.run()
            if let refused = report.refused.first {
                throw MonthsError(description: "\(refused)")
            }
        case ("configure", 3):
            guard let tier = ServiceTier(rawValue: words[1]) else {
                throw MonthsError(description: "no tier: \(words[1])")
            }
            try await each(words[2]) { customer in
                _ = try await subscriptions.configure(
                    WantedConfiguration(tier: tier), for: .seal, by: ActingCustomer(customer),
                    under: request("configure", customer))
            }
        case ("enable", 2):
            try await each(words[1]) { customer in
                _ = try await subscriptions.enable(
                    .seal, by: ActingCustomer(customer), under: request("enable", customer))
            }
        default: throw MonthsError(description: "not understood: \(line)")
        }
    }

    private func each(
        _ customers: String, _ body: @escaping @Sendable (CustomerID) async throws -> Void
    ) async throws {
        let numbers = customers.split(separator: ",").compactMap { Int64($0) }
            .compactMap { CustomerID($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<Self.callers {
                group.addTask {
                    for place in stride(from: first, to: numbers.count, by: Self.callers) {
                        try await body(numbers[place])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func request(
        _ name: String, _ customer: CustomerID
    ) -> KeyedRequest<SubscriptionOutcome> {
        KeyedRequest(
            key: IdempotencyKey(
                caller: "customer/\(customer)", route: "PUT /\(name)",
                key: "\(clock.surroundings.now().milliseconds)",
                bodyHash: [UInt8](repeating: 1, count: 32))
        ) { _ in KeptAnswer(status: 200, fields: [], body: []) }
    }
}

struct MonthsError: Error, CustomStringConvertible {
    let description: String
}
