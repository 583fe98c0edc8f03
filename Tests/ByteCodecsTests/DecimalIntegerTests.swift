import ByteCodecs
import Testing

@Suite struct DecimalIntegerTests {
    /// 2²⁵⁶ − 1.
    static let highest =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935"

    @Test(
        arguments: [
            ("0", "00"), ("1", "01"), ("255", "ff"), ("256", "0100"),
            ("18446744073709551615", "ffffffffffffffff"),
            ("18446744073709551616", "010000000000000000"),
            (
                // r of BN254, the field of zkLogin's proofs.
                "21888242871839275222246405745257275088548364400416034343698204186575808495617",
                "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"
            ),
            (highest, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
        ])
    func becomesThirtyTwoBytes(text: String, hex: String) throws {
        let padded = String(repeating: "0", count: 64 - hex.count) + hex

        #expect(try Hex.encode(DecimalInteger.bigEndianBytes(of: text)) == padded)
    }

    @Test(
        "one number, one text",
        arguments: [
            ("", DecimalError.empty), ("00", .leadingZero), ("01", .leadingZero),
            ("-1", .invalidDigit(offset: 0)), ("+1", .invalidDigit(offset: 0)),
            ("1 ", .invalidDigit(offset: 1)), ("0x1", .leadingZero),
            ("1.0", .invalidDigit(offset: 1)), ("1e3", .invalidDigit(offset: 1)),
            ("١", .invalidDigit(offset: 0)), ("1_000", .invalidDigit(offset: 1)),
            (String(highest.dropLast()) + "6", .tooLarge),
            (String(repeating: "9", count: 78), .tooLarge),
            (String(repeating: "9", count: 1_000_000), .tooLarge),
        ])
    func refuses(text: String, error: DecimalError) {
        #expect(throws: error) { try DecimalInteger.bigEndianBytes(of: text) }
    }
}
