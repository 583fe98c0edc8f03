public import Determinism

/// An open transaction on a ``BulkConnection``; lives as long as the body it is given to.
public struct BulkTransaction: ~Copyable {
    private let pooled: PooledConnection
    /// By when all of it has to be done.
    public let deadline: Deadline

    init(_ pooled: PooledConnection, _ deadline: Deadline) {
        self.pooled = pooled
        self.deadline = deadline
    }

    /// - Returns: how many rows were inserted, updated, deleted or selected.
    @discardableResult
    public func execute(_ sql: SQL) throws(StorageError) -> Int {
        try perform(sql) { answer throws(StorageError) in answer.affectedRows }
    }

    public func rows<Row: SQLRow>(_ sql: SQL) throws(StorageError) -> [Row] {
        try perform(sql) { answer throws(StorageError) in try answer.rows() }
    }

    /// The first row, or nil when there is none.
    public func first<Row: SQLRow>(_ sql: SQL) throws(StorageError) -> Row? {
        try perform(sql) { answer throws(StorageError) in
            answer.rowCount == 0 ? nil : try answer.row(0)
        }
    }

    /// Sends rows with `COPY … FROM STDIN (FORMAT binary)`.
    ///
    /// - Parameter rows: the whole of the binary form, with head and end. Source: the PostgreSQL 15
    ///   manual, COPY, "Binary Format".
    /// - Returns: how many rows were taken.
    @discardableResult
    public func copy(
        _ statement: StaticString, _ rows: UnsafeRawBufferPointer
    ) throws(StorageError) -> Int {
        try pooled.copyInTransaction(statement.description, rows, until: deadline)
    }

    private func perform<Value>(
        _ sql: SQL, _ read: (borrowing StatementAnswer) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        try pooled.performInTransaction(Statement(sql), until: deadline, read: read)
    }
}
