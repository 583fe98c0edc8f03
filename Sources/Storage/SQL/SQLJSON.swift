public import ByteCodecs

/// The binary form of `jsonb` is one version byte and the text.
enum JSONBinary {
    static let version: UInt8 = 1
}

extension JSONValue: SQLEncodable, SQLDecodable {
    public static var sqlType: SQLType { .jsonb }

    public var sqlValue: SQLValue {
        SQLValue(type: .jsonb, bytes: [JSONBinary.version] + serialized())
    }

    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .json || type == .jsonb,
            let text = String(sqlType: type, bytes: bytes),
            let value = try? JSONValue.parse(Array(text.utf8))
        else { return nil }
        self = value
    }
}
