import ByteCodecs
import Testing

@Suite struct HexTests {
    @Test func writesLowerCaseAndReadsBoth() throws {
        #expect(Hex.encode([0x00, 0x7F, 0xAB, 0xFF]) == "007fabff")
        #expect(try Hex.decode("007fAbFF") == [0x00, 0x7F, 0xAB, 0xFF])
        #expect(try Hex.decode("").isEmpty)
    }

    @Test(
        "anything but pairs of digits is refused",
        arguments: [
            ("0", HexError.oddLength(1)), ("abc", .oddLength(3)),
            ("0x00", .invalidDigit(offset: 1)),
            ("0g", .invalidDigit(offset: 1)), (" 00", .invalidDigit(offset: 0)),
            ("00\n", .invalidDigit(offset: 2)), ("０0", .invalidDigit(offset: 0)),
            ("/:@G`g", .invalidDigit(offset: 0)),
        ])
    func refuses(text: String, error: HexError) {
        #expect(throws: error) { try Hex.decode(text) }
    }
}
