public import Determinism

extension Int64: SQLEncodable, SQLDecodable {
    public static var sqlType: SQLType { .int8 }
    public var sqlValue: SQLValue { SQLValue(type: .int8, bytes: BigEndian.bytes(self)) }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        switch (type, bytes.count) {
        case (.int8, 8): self = BigEndian.integer(bytes)
        case (.int4, 4): self = Int64(BigEndian.integer(bytes) as Int32)
        case (.int2, 2): self = Int64(BigEndian.integer(bytes) as Int16)
        default: return nil
        }
    }
}

extension Int: SQLEncodable, SQLDecodable {
    public static var sqlType: SQLType { .int8 }
    public var sqlValue: SQLValue { Int64(self).sqlValue }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard let value = Int64(sqlType: type, bytes: bytes) else { return nil }
        self.init(value)
    }
}

extension Bool: SQLEncodable, SQLDecodable {
    public static var sqlType: SQLType { .bool }
    public var sqlValue: SQLValue { SQLValue(type: .bool, bytes: [self ? 1 : 0]) }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .bool, bytes.count == 1 else { return nil }
        self = bytes[0] != 0
    }
}

extension String: SQLEncodable, SQLDecodable {
    public static var sqlType: SQLType { .text }
    public var sqlValue: SQLValue { SQLValue(type: .text, bytes: Array(utf8)) }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        switch type {
        case .text, .varchar, .bpchar, .name, .json:
            self.init(decoding: bytes, as: UTF8.self)
        case .jsonb where bytes.first == JSONBinary.version:
            self.init(decoding: bytes.dropFirst(), as: UTF8.self)
        default: return nil
        }
    }
}

/// PostgreSQL counts microseconds from 2000-01-01 UTC; what is below a millisecond is cut off.
extension Timestamp: SQLEncodable, SQLDecodable {
    /// The years 1 to 9999, which RFC 3339 can write; well inside what PostgreSQL holds.
    private static let bounds: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// 2000-01-01T00:00:00Z in milliseconds since 1970.
    private static let epochMilliseconds: Int64 = 946_684_800_000

    public static var sqlType: SQLType { .timestamptz }

    public var sqlValue: SQLValue {
        // A moment that nobody can mean becomes the last one that can be, instead of a trap.
        let bounded = min(max(milliseconds, Self.bounds.lowerBound), Self.bounds.upperBound)
        let microseconds = (bounded - Self.epochMilliseconds) * 1000
        return SQLValue(type: .timestamptz, bytes: BigEndian.bytes(microseconds))
    }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .timestamptz, bytes.count == 8 else { return nil }
        let microseconds: Int64 = BigEndian.integer(bytes)
        guard microseconds != .max, microseconds != .min else { return nil }  // ±infinity
        let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1000)
        self.init(milliseconds: whole - (rest < 0 ? 1 : 0) + Self.epochMilliseconds)
    }
}

/// Integers in network byte order, as the wire has them.
enum BigEndian {
    static func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// - Precondition: as many bytes as the integer has.
    static func integer<Integer: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Integer {
        Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
    }
}
