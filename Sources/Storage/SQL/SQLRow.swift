/// A row read column by column, in the order of the statement's columns.
public protocol SQLRow: Sendable {
    init(from columns: inout SQLColumns) throws(StorageError)
}

/// One value is a row of one column.
public struct SQLScalar<Value: SQLDecodable>: SQLRow {
    public var value: Value

    public init(from columns: inout SQLColumns) throws(StorageError) {
        value = try columns.next()
    }
}
