import Determinism
import Services
public import Storage

struct StoredPriceBookRow: SQLRow {
    var id: Int64
    /// Nil when it is the one that the reader has.
    var content: [UInt8]?

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
        content = try columns.next()
    }
}

extension TariffUse: SQLRow {
    public init(from columns: inout SQLColumns) throws(StorageError) {
        guard let service = ServiceType(rawValue: try columns.next()),
            let tier = ServiceTier(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "tier") }
        self.init(
            service, tier, hasBurst: try columns.next(), from: try columns.next(),
            until: try columns.next(), customers: try columns.next())
    }
}

extension StatementRunner {
    /// What customers have whose service is served, or stopped until they pay, and what is to take
    /// its place.
    func tariffsInUse() async throws(StorageError) -> [TariffUse] {
        try await rows(
            """
            WITH held AS (
                SELECT * FROM service_instances
                 WHERE state IN ('enabled', 'suspended_no_payment', 'suspended_spending_limit')
            )
            SELECT service_type, tier, has_burst, NULL::timestamptz,
                scheduled_from::timestamp AT TIME ZONE 'UTC', count(*)
              FROM held GROUP BY 1, 2, 3, 5
            UNION ALL
            SELECT service_type, scheduled_tier, scheduled_has_burst,
                scheduled_from::timestamp AT TIME ZONE 'UTC', NULL, count(*)
              FROM held WHERE scheduled_from IS NOT NULL GROUP BY 1, 2, 3, 4
             ORDER BY 1, 2, 3, 4, 5
            """)
    }

    /// The book in force; nil before there is any.
    ///
    /// - Parameter known: whose content need not be read again.
    func latestPriceBook(known: Int64 = 0) async throws(StorageError) -> StoredPriceBookRow? {
        try await first(
            """
            SELECT price_book_id, CASE WHEN price_book_id <> \(known) THEN content END
              FROM price_books ORDER BY price_book_id DESC LIMIT 1
            """)
    }
}

extension Transaction {
    /// One book at a time: each has to follow the one before.
    func lockPriceBooks() async throws(StorageError) {
        try await execute("LOCK TABLE price_books IN SHARE ROW EXCLUSIVE MODE")
    }

    /// Beside others who choose by it, while nobody takes another one: that one has to sell what is
    /// chosen meanwhile.
    func keepPriceBook() async throws(StorageError) {
        try await execute("LOCK TABLE price_books IN ROW EXCLUSIVE MODE")
    }

    func insertPriceBook(_ content: [UInt8], at now: Timestamp) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO price_books (content, digest, loaded_at)
            VALUES (\(content), sha256(\(content)), \(now))
            """)
    }
}
