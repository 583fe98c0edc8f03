public import ByteCodecs

/// A value with one form in BCS.
public protocol BCSCodable: Sendable {
    init(from reader: inout SuiReader) throws(SuiDecodingError)
    func write(to writer: inout BCSWriter)
}

extension BCSCodable {
    /// Reads a value that takes up all of `bytes`.
    public init(bcs bytes: [UInt8]) throws(SuiDecodingError) {
        var reader = SuiReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    public var bcs: [UInt8] {
        var writer = BCSWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension BCSWriter {
    /// A value of Sui's.
    public mutating func value(_ value: some BCSCodable) {
        value.write(to: &self)
    }

    /// A vector of values of Sui's.
    public mutating func values(_ values: [some BCSCodable]) {
        vector(values) { $1.write(to: &$0) }
    }
}

extension SuiAddress: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(counted: try reader.bytes(count: Self.byteCount))
    }

    /// 32 bytes without a length.
    public func write(to writer: inout BCSWriter) {
        writer.raw(bytes)
    }
}
