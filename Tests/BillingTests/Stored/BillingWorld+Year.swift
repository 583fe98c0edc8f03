import Billing
import Determinism
import Identifiers
import Services
import TestSupport
import Testing

extension BillingWorld {
    /// Has a script happen on these tables, with the manager's own steps.
    ///
    /// - Parameter order: of lines that come in, and in how many batches; nil as they are.
    func play(_ script: YearScript, order seed: UInt64? = nil) async throws {
        var order = seed.map { Chance(seed: $0) }
        try await books.load(try YearScript.book())
        for number in script.customers { try await customer(number, balance: 1 << 50) }
        for (index, step) in script.steps.enumerated() {
            time.advance(milliseconds: step.at.milliseconds - now.milliseconds)
            for (number, action) in step.actions {
                let customer = try #require(CustomerID(number))
                try await act(action, customer, key: "\(index)")
            }
            try await arrive(step.lines, &order)
            _ = try await meter.run()
            try await settleAll()
            _ = try await biller.run()
        }
        try await settleAll()
        _ = try await biller.run()
    }

    private func act(
        _ action: YearScript.Action, _ customer: CustomerID, key: String
    ) async throws {
        switch action {
        case .enable(let tier):
            try await configure(
                customer, WantedConfiguration(tier: tier), key: "c\(key)-\(customer)")
            _ = try await subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e\(key)-\(customer)"))
        case .upgrade:
            try await configure(
                customer, WantedConfiguration(tier: .pro), key: "u\(key)-\(customer)")
        case .downgrade:
            try await configure(
                customer, WantedConfiguration(tier: .starter), key: "d\(key)-\(customer)")
        }
    }

    /// Batches of one day each: a partition is made for each of the days between.
    private func arrive(_ lines: [YearScript.Line], _ order: inout Chance?) async throws {
        let days = Dictionary(grouping: lines) { $0.at.milliseconds / 86_400_000 }
        for (_, day) in days.sorted(by: { $0.key < $1.key }) {
            var lines = day
            var cut = lines.count
            if var chance = order {
                lines.shuffle(using: &chance)
                cut = Int(chance.number(0...Int64(lines.count)))
                order = chance
            }
            for part in [lines[cut...], lines[..<cut]] where !part.isEmpty {
                try await batch(
                    part.map { (at: $0.at, customer: $0.customer, status: $0.status) })
            }
        }
    }

    /// Of each customer: fees and use, as the lines of all invoices add up.
    func sums() async throws -> [Int64: (fees: Int64, use: Int64)] {
        let rows = try await store.run(
            """
            SELECT customer_id,
                coalesce(sum(amount_micro_usdc) FILTER (WHERE kind LIKE 'base%'), 0),
                coalesce(sum(amount_micro_usdc) FILTER (WHERE kind LIKE '%usage'), 0)
              FROM billing_lines GROUP BY customer_id
            """)
        var sums: [Int64: (fees: Int64, use: Int64)] = [:]
        for row in rows {
            let numbers = row.compactMap { $0.flatMap { Int64($0) } }
            sums[try #require(numbers.first)] = (numbers[1], numbers[2])
        }
        return sums
    }

    /// As `sluice invoice rate` does, of each invoice.
    func expectRatedTheSame(_ place: SourceLocation = #_sourceLocation) async throws {
        let book = try #require(try await books.current())
        let ids = try await store.run("SELECT invoice_id::text FROM billing_records")
            .compactMap { $0.first?.flatMap { InvoiceID($0) } }
        #expect(!ids.isEmpty, sourceLocation: place)
        let differing = try await withThrowingTaskGroup(of: [RatingDifference].self) { group in
            for id in ids {
                group.addTask { try await self.reader.rate(id, by: book) ?? [] }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(differing.isEmpty, "\(differing)", sourceLocation: place)
    }
}
