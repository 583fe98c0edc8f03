import Storage

/// A cursor of the database's, read in pages: memory holds one page, however much there is.
struct Cursor<Row: SQLRow> {
    private let transaction: Transaction
    private let fetch: SQL
    private var page: [Row] = []
    private var place = 0
    private var isOver = false

    init(_ transaction: Transaction, fetch: SQL) {
        self.transaction = transaction
        self.fetch = fetch
    }

    /// The next row, without passing it; nil after the last.
    mutating func peek() async throws(StorageError) -> Row? {
        if place == page.count, !isOver {
            page = try await transaction.rows(fetch)
            place = 0
            isOver = page.isEmpty
        }
        return place < page.count ? page[place] : nil
    }

    mutating func next() async throws(StorageError) -> Row? {
        guard let row = try await peek() else { return nil }
        place += 1
        return row
    }
}

/// Pages of the cursors that a reconciliation declares.
enum ReconciliationPages {
    static let events: SQL = "FETCH 1000 FROM reconciled_events"
    static let entries: SQL = "FETCH 1000 FROM reconciled_entries"
    static let outcomes: SQL = "FETCH 1000 FROM reconciled_outcomes"
    static let holds: SQL = "FETCH 1000 FROM reconciled_holds"
    static let accounts: SQL = "FETCH 1000 FROM reconciled_accounts"
    static let accountEvents: SQL = "FETCH 1000 FROM reconciled_account_events"
}
