import Determinism
import Storage

struct StoredPriceBookRow: SQLRow {
    var id: Int64
    /// Nil when it is the one that the reader has.
    var content: [UInt8]?

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
        content = try columns.next()
    }
}

extension StatementRunner {
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

    func insertPriceBook(_ content: [UInt8], at now: Timestamp) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO price_books (content, digest, loaded_at)
            VALUES (\(content), sha256(\(content)), \(now))
            """)
    }
}
