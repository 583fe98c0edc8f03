/// Reads values in Binary Canonical Serialization, the byte form of everything on Sui.
///
/// Format: the specification of diem/bcs, and `Docs/Sources.md#bcs`. Every value has one form and
/// all others are refused. Lengths are held against the bytes left before memory is taken.
public struct BCSReader {
    private let input: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        input = bytes
    }

    /// Bytes not read yet.
    public var remaining: Int { input.count - position }

    /// Ends the reading. To be called once the whole value is read.
    ///
    /// - Throws: ``BCSError/trailingBytes(_:)`` when input is left.
    public func finish() throws(BCSError) {
        guard remaining == 0 else { throw .trailingBytes(remaining) }
    }

    public mutating func byte() throws(BCSError) -> UInt8 {
        guard position < input.count else { throw .endOfInput }
        defer { position += 1 }
        return input[position]
    }

    public mutating func u16() throws(BCSError) -> UInt16 {
        try fixedWidth()
    }

    public mutating func u32() throws(BCSError) -> UInt32 {
        try fixedWidth()
    }

    public mutating func u64() throws(BCSError) -> UInt64 {
        try fixedWidth()
    }

    public mutating func u128() throws(BCSError) -> UInt128 {
        try fixedWidth()
    }

    public mutating func u256() throws(BCSError) -> UInt256 {
        guard let value = UInt256(littleEndianBytes: try bytes(count: UInt256.byteCount)) else {
            throw .endOfInput
        }
        return value
    }

    public mutating func bool() throws(BCSError) -> Bool {
        let mark = try byte()
        guard mark <= 1 else { throw .invalidBool(mark) }
        return mark == 1
    }

    /// A length or an enumeration's index: at most five bytes, at most 2³² − 1, shortest form.
    public mutating func uleb128() throws(BCSError) -> UInt32 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 28, by: 7) {
            let group = try byte()
            value |= UInt64(group & 0x7F) << shift
            guard group & 0x80 == 0 else { continue }
            guard group != 0 || shift == 0 else { throw .ulebNotCanonical }
            guard let result = UInt32(exactly: value) else { throw .ulebTooLarge }
            return result
        }
        throw .ulebTooLarge
    }

    /// A fixed number of bytes without a length before them, as addresses and keys are.
    public mutating func bytes(count: Int) throws(BCSError) -> [UInt8] {
        guard (0...remaining).contains(count) else { throw .endOfInput }
        defer { position += count }
        return Array(input[position..<(position + count)])
    }

    /// A byte vector: its length, then its bytes.
    public mutating func byteVector() throws(BCSError) -> [UInt8] {
        try bytes(count: length())
    }

    public mutating func string() throws(BCSError) -> String {
        let utf8 = try byteVector()
        guard let text = String(validating: utf8, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    /// A vector: its length, then its elements, each taking at least one byte.
    public mutating func vector<Element>(
        of element: (inout BCSReader) throws(BCSError) -> Element
    ) throws(BCSError) -> [Element] {
        let count = try length()
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// An option: 0, or 1 and the value.
    public mutating func option<Value>(
        of value: (inout BCSReader) throws(BCSError) -> Value
    ) throws(BCSError) -> Value? {
        try bool() ? try value(&self) : nil
    }

    private mutating func length() throws(BCSError) -> Int {
        let length = Int(try uleb128())
        guard length <= remaining else {
            throw .lengthExceedsInput(length: length, remaining: remaining)
        }
        return length
    }

    private mutating func fixedWidth<Number: FixedWidthInteger>() throws(BCSError) -> Number {
        let width = Number.bitWidth / 8
        guard width <= remaining else { throw .endOfInput }
        var value: Number = 0
        for place in 0..<width {
            value |= Number(truncatingIfNeeded: input[position + place]) << Number(8 * place)
        }
        position += width
        return value
    }
}
