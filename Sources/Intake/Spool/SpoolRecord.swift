/// One record of several fields, each with its length before it. Numbers are little-endian.
struct RecordWriter {
    private var content: [UInt8]

    init(_ kind: UInt8) { content = [kind] }

    mutating func append(_ field: [UInt8]) {
        Self.append(UInt32(field.count), to: &content)
        content += field
    }

    mutating func append(_ number: UInt64) { Self.append(number, to: &content) }

    func write(to bytes: inout [UInt8]) {
        Self.append(UInt32(content.count), to: &bytes)
        bytes += content
        Self.append(CRC32C.sum(content), to: &bytes)
    }

    static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads fields of a record in their order; nil where one is not whole.
struct RecordReader {
    private var rest: ArraySlice<UInt8>

    init(_ content: ArraySlice<UInt8>) { rest = content }

    mutating func bytes() -> [UInt8]? {
        guard let count = number(as: UInt32.self), rest.count >= Int(count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }

    mutating func text() -> String? { bytes().flatMap { String(validating: $0, as: UTF8.self) } }

    mutating func number<Number: FixedWidthInteger>(as type: Number.Type) -> Number? {
        guard let number = Self.number(in: rest, at: rest.startIndex, as: type) else { return nil }
        rest = rest.dropFirst(MemoryLayout<Number>.size)
        return number
    }

    static func number<Number: FixedWidthInteger>(
        in bytes: ArraySlice<UInt8>, at place: Int, as type: Number.Type
    ) -> Number? {
        let size = MemoryLayout<Number>.size
        guard place >= bytes.startIndex, place + size <= bytes.endIndex else { return nil }
        return bytes[place..<place + size].withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(as: Number.self))
        }
    }
}
