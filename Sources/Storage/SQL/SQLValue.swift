/// A parameter as it goes over the wire: its type and its binary form.
public struct SQLValue: Hashable, Sendable {
    public var type: SQLType
    /// Nil is SQL's NULL.
    public var bytes: [UInt8]?

    public init(type: SQLType, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }
}

/// What can stand in `\(…)` of a statement: always a parameter, never a part of its text.
public protocol SQLEncodable: Sendable {
    /// The type that a missing value has as well, so that `NULL` needs no cast.
    static var sqlType: SQLType { get }
    var sqlValue: SQLValue { get }
}

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
    public static var sqlType: SQLType { Wrapped.sqlType }

    public var sqlValue: SQLValue {
        switch self {
        case .some(let value): value.sqlValue
        case .none: SQLValue(type: Self.sqlType, bytes: nil)
        }
    }
}

extension SQLEncodable where Self: RawRepresentable, RawValue: SQLEncodable {
    public static var sqlType: SQLType { RawValue.sqlType }
    public var sqlValue: SQLValue { rawValue.sqlValue }
}
