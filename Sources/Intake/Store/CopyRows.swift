import Determinism

/// Rows of `haproxy_logs` in COPY's binary form. Source: the PostgreSQL 15 manual, COPY.
struct CopyRows {
    /// Of one row: 14 columns, their lengths, and the longest texts that a line can have.
    private static let rowCapacity = 320
    /// Signature, flags and length of an extension, of which there are none.
    private static let head: [UInt8] =
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]
        + [UInt8](repeating: 0, count: 8)
    /// 2000-01-01T00:00:00Z in milliseconds since 1970.
    private static let epochMilliseconds: Int64 = 946_684_800_000

    private let buffer: UnsafeMutableRawBufferPointer
    private var place = 0
    private let batchID: Int64

    /// Calls `body` with the whole form of what `fill` appends, at most `capacity` rows.
    static func withRows<Value, Failure: Error>(
        _ batchID: Int64, capacity: Int, fill: (inout CopyRows) -> Void,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: head.count + capacity * rowCapacity + 2, alignment: 8)
        defer { buffer.deallocate() }
        var rows = CopyRows(buffer: buffer, batchID: batchID)
        rows.append(head)
        fill(&rows)
        rows.append(Int16(-1))
        return try body(UnsafeRawBufferPointer(rebasing: buffer[..<rows.place]))
    }

    private init(buffer: UnsafeMutableRawBufferPointer, batchID: Int64) {
        self.buffer = buffer
        self.batchID = batchID
    }

    /// The columns of `haproxy_logs`.
    mutating func append(_ line: RequestLine, of owner: KeyOwner?) {
        append(Int16(12))
        appendColumns(line, of: owner)
    }

    /// Those, and two more: which of the batch's sources it is of, and its number there.
    mutating func append(
        _ line: RequestLine, of owner: KeyOwner?, source: Int32, number: Int64
    ) {
        append(Int16(14))
        appendColumns(line, of: owner)
        appendField(source)
        appendField(number)
    }

    private mutating func appendColumns(_ line: RequestLine, of owner: KeyOwner?) {
        appendField((line.time.milliseconds - Self.epochMilliseconds) * 1000)
        appendField(line.edge)
        append(Int32(16))
        append(line.id.high)
        append(line.id.low)
        appendField(batchID)
        if let owner {
            appendField(owner.customer)
            append(Int32(16))
            append(owner.keyHigh)
            append(owner.keyLow)
        } else {
            append(Int32(-1))
            append(Int32(-1))
        }
        appendField(line.service)
        appendField(line.method)
        appendField(line.status.map { Int16(clamping: $0) })
        appendField(line.bytesIn)
        appendField(line.bytesOut)
        appendField(line.times.active.map { Int32(clamping: $0) })
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        buffer.storeBytes(of: number.bigEndian, toByteOffset: place, as: Number.self)
        place += MemoryLayout<Number>.size
    }

    private mutating func append(_ bytes: [UInt8]) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[place...]).copyBytes(from: bytes)
        place += bytes.count
    }

    private mutating func appendField<Number: FixedWidthInteger>(_ number: Number?) {
        guard let number else { return append(Int32(-1)) }
        append(Int32(MemoryLayout<Number>.size))
        append(number)
    }

    private mutating func appendField(_ text: String?) {
        guard var text else { return append(Int32(-1)) }
        text.withUTF8 { bytes in
            append(Int32(bytes.count))
            UnsafeMutableRawBufferPointer(rebasing: buffer[place...]).copyBytes(from: bytes)
            place += bytes.count
        }
    }
}
