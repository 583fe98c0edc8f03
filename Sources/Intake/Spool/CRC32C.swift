/// The Castagnoli checksum, which finds what a disk has changed. Source: RFC 3720, appendix B.4.
enum CRC32C {
    /// Bits reflected: 0x1EDC6F41 from the other end.
    private static let polynomial: UInt32 = 0x82F6_3B78

    private static let table: [UInt32] = (0..<256).map { start in
        var value = UInt32(start)
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
        return value
    }

    static func sum(_ bytes: some Collection<UInt8>) -> UInt32 {
        let table = table
        var value: UInt32 = .max
        for byte in bytes { value = value >> 8 ^ table[Int((value ^ UInt32(byte)) & 0xFF)] }
        return ~value
    }
}
