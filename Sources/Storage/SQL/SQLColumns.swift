import CPostgres

/// The columns of one row, read from the first to the last.
public struct SQLColumns: ~Copyable {
    private let result: OpaquePointer
    private let row: Int32
    private var index: Int32 = 0

    /// - Parameter result: a `PGresult` that outlives this value.
    init(result: OpaquePointer, row: Int32) {
        self.result = result
        self.row = row
    }

    /// - Throws: ``StorageError/unexpectedValue(column:)`` when the column is NULL, of a type that
    ///   cannot be read as `Value`, or missing.
    public mutating func next<Value: SQLDecodable>(
        as type: Value.Type = Value.self
    ) throws(StorageError) -> Value {
        guard let value: Value = try next() else {
            throw .unexpectedValue(column: name(of: index - 1))
        }
        return value
    }

    /// Nil is SQL's NULL.
    public mutating func next<Value: SQLDecodable>(
        as type: Value.Type = Value.self
    ) throws(StorageError) -> Value? {
        let column = index
        guard column < PQnfields(result) else {
            throw .unexpectedValue(column: name(of: column))
        }
        index += 1
        if PQgetisnull(result, row, column) == 1 { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        guard let value = Value(sqlType: SQLType(oid: PQftype(result, column)), bytes: bytes)
        else { throw .unexpectedValue(column: name(of: column)) }
        return value
    }

    private func name(of column: Int32) -> String {
        PQfname(result, column).map { String(cString: $0) } ?? "column \(column + 1)"
    }
}
