import ByteCodecs

/// Reads the BCS of Sui's values, in the words of ``SuiDecodingError``.
public struct SuiReader {
    private var reader: BCSReader

    public init(_ bytes: [UInt8]) {
        reader = BCSReader(bytes)
    }

    public mutating func byte() throws(SuiDecodingError) -> UInt8 {
        try read { reader throws(BCSError) in try reader.byte() }
    }

    public mutating func u16() throws(SuiDecodingError) -> UInt16 {
        try read { reader throws(BCSError) in try reader.u16() }
    }

    public mutating func u32() throws(SuiDecodingError) -> UInt32 {
        try read { reader throws(BCSError) in try reader.u32() }
    }

    public mutating func u64() throws(SuiDecodingError) -> UInt64 {
        try read { reader throws(BCSError) in try reader.u64() }
    }

    public mutating func bool() throws(SuiDecodingError) -> Bool {
        try read { reader throws(BCSError) in try reader.bool() }
    }

    /// The index of an enumeration's variant.
    public mutating func variant() throws(SuiDecodingError) -> Int {
        Int(try read { reader throws(BCSError) in try reader.uleb128() })
    }

    public mutating func bytes(count: Int) throws(SuiDecodingError) -> [UInt8] {
        try read { reader throws(BCSError) in try reader.bytes(count: count) }
    }

    public mutating func byteVector() throws(SuiDecodingError) -> [UInt8] {
        try read { reader throws(BCSError) in try reader.byteVector() }
    }

    public mutating func string() throws(SuiDecodingError) -> String {
        try read { reader throws(BCSError) in try reader.string() }
    }

    public mutating func value<Value: BCSCodable>() throws(SuiDecodingError) -> Value {
        try Value(from: &self)
    }

    /// A vector: its length, then its elements, each taking at least one byte.
    public mutating func vector<Element>(
        of element: (inout SuiReader) throws(SuiDecodingError) -> Element
    ) throws(SuiDecodingError) -> [Element] {
        let count = try variant()
        guard count <= reader.remaining else {
            throw .bcs(.lengthExceedsInput(length: count, remaining: reader.remaining))
        }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    public mutating func values<Value: BCSCodable>() throws(SuiDecodingError) -> [Value] {
        try vector { reader throws(SuiDecodingError) in try Value(from: &reader) }
    }

    /// An option: 0, or 1 and the value.
    public mutating func option<Value>(
        of value: (inout SuiReader) throws(SuiDecodingError) -> Value
    ) throws(SuiDecodingError) -> Value? {
        try bool() ? try value(&self) : nil
    }

    /// Ends the reading; refuses bytes that are left.
    public func finish() throws(SuiDecodingError) {
        do throws(BCSError) { try reader.finish() } catch { throw .bcs(error) }
    }

    private mutating func read<Value>(
        _ body: (inout BCSReader) throws(BCSError) -> Value
    ) throws(SuiDecodingError) -> Value {
        do throws(BCSError) { return try body(&reader) } catch { throw .bcs(error) }
    }
}
