/// The Castagnoli checksum, which finds what a disk has changed. Source: RFC 3720, appendix B.4.
enum CRC32C {
    /// Bits reflected: 0x1EDC6F41 from the other end.
    private static let polynomial: UInt32 = 0x82F6_3B78

    /// Eight tables of 256, so that eight bytes are taken at a time: the n-th has what a byte does
    /// to the sum with n bytes behind it.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { start in
            (0..<8).reduce(UInt32(start)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1
            }
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()

    static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            bytes.withUnsafeBytes { sum($0, tables) }
        }
    }

    static func sum(_ bytes: [UInt8]) -> UInt32 { sum(bytes[...]) }

    private static func sum(
        _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var value: UInt32 = .max
        var place = 0
        while place + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
            let mixed = word ^ UInt64(value)
            value = 0
            for index in 0..<8 {
                let byte = Int(mixed >> UInt64(8 * index) & 0xFF)
                value ^= tables[(7 - index) * 256 + byte]
            }
            place += 8
        }
        for byte in bytes[place...] {
            value = value >> 8 ^ tables[Int((value ^ UInt32(byte)) & 0xFF)]
        }
        return ~value
    }
}
