/// What a column can be read as.
public protocol SQLDecodable: Sendable {
    /// - Parameter bytes: the value's binary form; it must not outlive the call.
    /// - Returns: nil when a value of `type` cannot be this.
    init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer)
}

extension SQLDecodable where Self: RawRepresentable, RawValue: SQLDecodable {
    public init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard let raw = RawValue(sqlType: type, bytes: bytes) else { return nil }
        self.init(rawValue: raw)
    }
}
