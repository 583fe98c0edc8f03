public import Determinism
public import Identifiers
import Services
public import Storage

/// Reads invoices and what they rest on, and voids them.
public struct Invoices: Sendable {
    let database: Database
    let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// Newest first.
    ///
    /// - Parameter before: goes on after this one.
    public func list(
        of customer: CustomerID, before: InvoiceID? = nil, limit: Int
    ) async throws(StorageError) -> [StoredInvoice] {
        try await database.invoices(of: customer, before: before, limit: limit)
    }

    public func find(_ id: InvoiceID) async throws(StorageError) -> StoredInvoice? {
        try await database.invoice(id)
    }

    /// In their order, from one number on.
    public func lines(
        of id: InvoiceID, from first: Int64 = 0, limit: Int = 100_000
    ) async throws(StorageError) -> [StoredLine] {
        try await database.lines(of: id, from: first, limit: limit)
    }

    /// Some of the stored requests behind an hour of a line; none once the day's lines are gone.
    public func sample(
        of invoice: StoredInvoice, _ group: UsageGroup, in hour: Hour, limit: Int
    ) async throws(StorageError) -> [SampleRequest] {
        try await database.sample(of: invoice.customer, group.service, in: hour, limit: limit)
    }

    /// Rates a closed invoice again, from its lines and the sums as they are now.
    ///
    /// - Returns: nil where there is no such invoice.
    public func rate(
        _ id: InvoiceID, by book: PriceBook
    ) async throws(StorageError) -> [RatingDifference]? {
        guard let stored = try await database.invoice(id) else { return nil }
        let lines = try await database.lines(of: id)
        let sums = try await database.sums(behind: id)
        var counts: [Key: Int64] = [:]
        for sum in sums {
            counts[Key(sum.service, sum.tier, Hour(containing: sum.hour))] = sum.successful
        }
        guard
            let invoice = try? Invoice(
                id: id, customer: stored.customer, openedAt: stored.openedAt,
                lines: lines.map(\.line), state: stored.state, closedAt: stored.closedAt)
        else { throw .unexpectedValue(column: "amount_micro_usdc") }
        var found = invoice.differences(by: book) { group, hour in
            counts[Key(group.service.rawValue, group.tier.rawValue, hour)] ?? 0
        }
        // Lines that do not add up to what was charged.
        if invoice.total != stored.total {
            found.append(.total(recorded: stored.total, rated: invoice.total))
        }
        return found
    }

    private struct Key: Hashable {
        let service: String
        let tier: String
        let hour: Hour

        init(_ service: String, _ tier: String, _ hour: Hour) {
            self.service = service
            self.tier = tier
            self.hour = hour
        }
    }
}
