/// What statements can be run on: a ``Database``, each for itself, or a ``Transaction``.
public protocol StatementRunner: Sendable {
    /// Runs `sql` and reads its answer with `read`, on the thread that has the answer.
    func perform<Value: Sendable>(
        _ sql: SQL,
        _ read: @escaping @Sendable (borrowing StatementAnswer) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value
}

extension StatementRunner {
    /// The first row, or nil when there is none. The statement is done either way.
    public func first<Row: SQLRow>(_ sql: SQL) async throws(StorageError) -> Row? {
        try await perform(sql) { answer throws(StorageError) in
            answer.rowCount == 0 ? nil : try answer.row(0)
        }
    }

    public func rows<Row: SQLRow>(_ sql: SQL) async throws(StorageError) -> [Row] {
        try await perform(sql) { answer throws(StorageError) in try answer.rows() }
    }

    /// The one column of the first row; nil when there is no row.
    public func value<Value: SQLDecodable>(_ sql: SQL) async throws(StorageError) -> Value? {
        let row: SQLScalar<Value>? = try await first(sql)
        return row?.value
    }

    /// - Returns: how many rows were inserted, updated, deleted or selected.
    @discardableResult
    public func execute(_ sql: SQL) async throws(StorageError) -> Int {
        try await perform(sql) { answer throws(StorageError) in answer.affectedRows }
    }
}
