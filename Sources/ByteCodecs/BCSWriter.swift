/// Writes values in Binary Canonical Serialization; see ``BCSReader``.
public struct BCSWriter {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    public mutating func u16(_ value: UInt16) {
        fixedWidth(value)
    }

    public mutating func u32(_ value: UInt32) {
        fixedWidth(value)
    }

    public mutating func u64(_ value: UInt64) {
        fixedWidth(value)
    }

    public mutating func u128(_ value: UInt128) {
        fixedWidth(value)
    }

    public mutating func u256(_ value: UInt256) {
        bytes.append(contentsOf: value.littleEndianBytes)
    }

    public mutating func bool(_ value: Bool) {
        bytes.append(value ? 1 : 0)
    }

    /// A length or an enumeration's index, in its shortest form.
    public mutating func uleb128(_ value: UInt32) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Bytes without a length before them, as addresses and keys are.
    public mutating func raw(_ value: some Collection<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// A byte vector: its length, then its bytes. Fewer than 2³² of them.
    public mutating func byteVector(_ value: some Collection<UInt8>) {
        uleb128(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    public mutating func string(_ value: String) {
        byteVector(value.utf8)
    }

    /// A vector: its length, then its elements. Fewer than 2³² of them.
    public mutating func vector<Element>(
        _ elements: some Collection<Element>, of element: (inout BCSWriter, Element) -> Void
    ) {
        uleb128(UInt32(elements.count))
        for value in elements { element(&self, value) }
    }

    /// An option: 0, or 1 and the value.
    public mutating func option<Value>(
        _ value: Value?, of write: (inout BCSWriter, Value) -> Void
    ) {
        bool(value != nil)
        if let value { write(&self, value) }
    }

    private mutating func fixedWidth(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
