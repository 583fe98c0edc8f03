/// What an array in `\(…)` may hold. An array of bytes is one `bytea`; of anything else, a
/// PostgreSQL array, for `= ANY(…)` and `unnest(…)`.
public protocol SQLListElement: Sendable {
    static var sqlListType: SQLType { get }
    static func sqlList(of elements: [Self]) -> SQLValue
}

extension Array: SQLEncodable where Element: SQLListElement {
    public static var sqlType: SQLType { Element.sqlListType }
    public var sqlValue: SQLValue { Element.sqlList(of: self) }
}

extension Array: SQLDecodable where Element == UInt8 {
    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .bytea else { return nil }
        self.init(bytes)
    }
}

extension UInt8: SQLListElement {
    public static var sqlListType: SQLType { .bytea }

    public static func sqlList(of elements: [UInt8]) -> SQLValue {
        SQLValue(type: .bytea, bytes: elements)
    }
}

extension SQLListElement where Self: SQLEncodable {
    /// The binary form of a one-dimensional array: dimensions, whether a null is in it, element
    /// type, length, lower bound; then each element with its length. Source: `array_recv` in
    /// `src/backend/utils/adt/arrayfuncs.c`.
    public static func sqlList(of elements: [Self]) -> SQLValue {
        var bytes: [UInt8] = []
        for number in [elements.isEmpty ? 0 : 1, 0, Int32(bitPattern: sqlType.oid)] {
            bytes += BigEndian.bytes(number)
        }
        if !elements.isEmpty {
            bytes += BigEndian.bytes(Int32(elements.count)) + BigEndian.bytes(Int32(1))
        }
        for element in elements {
            let content = element.sqlValue.bytes ?? []
            bytes += BigEndian.bytes(Int32(content.count))
            bytes += content
        }
        return SQLValue(type: sqlListType, bytes: bytes)
    }
}

extension Int64: SQLListElement {
    public static var sqlListType: SQLType { .int8Array }
}

extension Int: SQLListElement {
    public static var sqlListType: SQLType { .int8Array }
}

extension String: SQLListElement {
    public static var sqlListType: SQLType { .textArray }
}

extension SQLUUID: SQLListElement {
    public static var sqlListType: SQLType { .uuidArray }
}

extension Array: SQLListElement where Element == UInt8 {
    public static var sqlListType: SQLType { .byteaArray }
}
