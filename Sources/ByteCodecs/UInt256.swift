/// An unsigned number of 256 bits, as Move has it. It is carried and shown, never calculated with.
public struct UInt256: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 32

    /// Always 32, least significant first.
    public let littleEndianBytes: [UInt8]

    public init(_ value: UInt128) {
        littleEndianBytes = (0..<32).map { place in
            place < 16 ? UInt8(truncatingIfNeeded: value >> UInt128(8 * place)) : 0
        }
    }

    /// Nil unless there are 32 bytes.
    public init?(littleEndianBytes bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        littleEndianBytes = bytes
    }

    /// Reads decimal digits in their one form; see ``DecimalInteger``.
    public init(decimal text: some StringProtocol) throws(DecimalError) {
        littleEndianBytes = try DecimalInteger.bigEndianBytes(of: text).reversed()
    }

    /// Decimal digits without leading zeros.
    public var description: String {
        var digits: [UInt8] = []  // Least significant first.
        var number = littleEndianBytes
        repeat {
            var remainder = 0
            for place in number.indices.reversed() {
                remainder = remainder << 8 | Int(number[place])
                number[place] = UInt8(remainder / 10)
                remainder %= 10
            }
            while number.last == 0 { number.removeLast() }
            digits.append(48 + UInt8(remainder))
        } while !number.isEmpty
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}
