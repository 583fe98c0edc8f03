/// A cursor of the database's, read in pages: memory holds one page, however much there is.
public struct Cursor<Row: SQLRow> {
    private let transaction: Transaction
    private let fetch: SQL
    private var page: [Row] = []
    private var place = 0
    private var isOver = false

    /// - Parameter fetch: the statement that fetches its next page.
    public init(_ transaction: Transaction, fetch: SQL) {
        self.transaction = transaction
        self.fetch = fetch
    }

    /// The next row, without passing it; nil after the last.
    public mutating func peek() async throws(StorageError) -> Row? {
        if place == page.count, !isOver {
            page = try await transaction.rows(fetch)
            place = 0
            isOver = page.isEmpty
        }
        return place < page.count ? page[place] : nil
    }

    public mutating func next() async throws(StorageError) -> Row? {
        guard let row = try await peek() else { return nil }
        place += 1
        return row
    }
}
