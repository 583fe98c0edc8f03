import CPostgres

/// The server's answer to one statement.
public struct StatementAnswer: ~Copyable {
    private let result: OpaquePointer

    /// Takes ownership of a `PGresult`.
    init(owning result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }

    public var rowCount: Int { Int(PQntuples(result)) }

    /// Rows inserted, updated, deleted or selected; zero for other statements.
    public var affectedRows: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// The command that was run, as `COMMIT` or `ROLLBACK`.
    var command: String {
        PQcmdStatus(result).map { String(cString: $0) } ?? ""
    }

    public func row<Row: SQLRow>(_ index: Int) throws(StorageError) -> Row {
        var columns = SQLColumns(result: result, row: Int32(clamping: index))
        return try Row(from: &columns)
    }

    public func rows<Row: SQLRow>() throws(StorageError) -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(rowCount)
        for index in 0..<rowCount { rows.append(try row(index)) }
        return rows
    }
}
