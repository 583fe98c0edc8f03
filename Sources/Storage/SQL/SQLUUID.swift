/// Sixteen bytes of a `uuid` column, most significant first.
public struct SQLUUID: Hashable, Sendable, SQLEncodable, SQLDecodable {
    public let bytes: [UInt8]

    /// - Precondition: `bytes` are sixteen.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == 16, "a UUID has 16 bytes")
        self.bytes = bytes
    }

    public static var sqlType: SQLType { .uuid }
    public var sqlValue: SQLValue { SQLValue(type: .uuid, bytes: bytes) }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .uuid, bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }
}
