import ByteCodecs
import Testing

@Suite struct UInt256Tests {
    private static let largest =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935"

    @Test(
        "decimal text, both ways",
        arguments: [
            "0", "1", "9", "10", "255", "256", "18446744073709551616", "1000000000000000000000",
            "340282366920938463463374607431768211456", largest,
        ])
    func text(decimal: String) throws {
        #expect(try UInt256(decimal: decimal).description == decimal)
    }

    @Test("beyond 256 bits, signs and second spellings are refused")
    func refused() {
        let oneMore = String(Self.largest.dropLast()) + "6"
        for text in ["", "-1", "+1", "01", "1.0", "1e3", " 1", oneMore, Self.largest + "0"] {
            #expect(throws: DecimalError.self) { try UInt256(decimal: text) }
        }
        #expect(UInt256(littleEndianBytes: [1]) == nil)
    }

    @Test("BCS of the wide integers is little-endian and of fixed width")
    func bcs() throws {
        var writer = BCSWriter()
        writer.u128(0x0102_0304_0506_0708_090A_0B0C_0D0E_0F10)
        writer.u256(UInt256(0x10))

        #expect(Hex.encode(writer.bytes.prefix(16)) == "100f0e0d0c0b0a090807060504030201")
        #expect(writer.bytes.count == 48)
        var reader = BCSReader(writer.bytes)
        #expect(try reader.u128() == 0x0102_0304_0506_0708_090A_0B0C_0D0E_0F10)
        #expect(try reader.u256().description == "16")
        try reader.finish()
        var short = BCSReader([UInt8](repeating: 0, count: 15))
        #expect(throws: BCSError.endOfInput) { try short.u128() }
        #expect(throws: BCSError.endOfInput) { try short.u256() }
    }
}
