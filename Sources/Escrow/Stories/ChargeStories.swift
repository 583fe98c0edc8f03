public import Identifiers
public import Storage

/// Tells what became of single operations. Reads only.
public struct ChargeStories: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// - Returns: nil for an id that is no operation's.
    public func tell(_ id: ChargeID) async throws(StorageError) -> ChargeStory? {
        try await database.transaction { transaction throws(StorageError) in
            try await transaction.beginSnapshot()
            guard let row = try await transaction.story(of: id) else { return nil }
            return ChargeStory(
                record: row.record, customer: row.customer.flatMap(CustomerID.init),
                service: row.service, invoice: row.invoice, description: row.description,
                refundOf: row.refundOf, duplicateOf: row.duplicateOf, isAdopted: row.isAdopted,
                lastError: row.lastError, plannedAt: row.plannedAt, signedAt: row.signedAt,
                endedAt: row.endedAt, sequence: row.sequence,
                freeze: row.frozenFor.flatMap(BreakClass.init),
                intents: try await transaction.intents(of: id),
                attempts: try await transaction.attempts(of: id),
                events: try await transaction.events(of: row.record),
                postings: try await transaction.postings(of: id),
                breaks: try await transaction.breaks(of: row.record),
                refunds: try await transaction.refunds(of: id))
        }
    }
}
