import ByteCodecs
import Testing

@Suite struct Base58Tests {
    @Test(
        "known texts, both ways",
        arguments: [
            ("", ""), ("00", "1"), ("0000", "11"), ("01", "2"), ("39", "z"), ("3a", "21"),
            ("61", "2g"), ("626262", "a3gV"), ("636363", "aPEr"), ("ff", "5Q"), ("00ff", "15Q"),
            ("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"),
            (
                "00eb15231dfceb60925886b67d065299925915aeb172c06647",
                "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"
            ),
            ("516b6fcd0f", "ABnLTmg"), ("bf4f89001e670274dd", "3SEo3LWLoPntC"),
            ("572e4794", "3EFU7m"), ("ecac89cad93923c02321", "EJDM8drfXA6uyA"),
            ("10c8511e", "Rt5zm"), ("00000000000000000000", "1111111111"),
        ])
    func known(hex: String, text: String) throws {
        #expect(try Base58.encode(Hex.decode(hex)) == text)
        #expect(try Hex.encode(Base58.decode(text)) == hex)
    }

    @Test(
        "what is no digit is refused where it stands",
        arguments: [
            ("0", 0), ("1O", 1), ("I", 0), ("l", 0), ("abc ", 3), (" abc", 0), ("ab\nc", 2),
            ("ab+c", 2), ("é", 0), ("1111_", 4),
        ])
    func refused(text: String, offset: Int) {
        #expect(throws: Base58Error.invalidCharacter(offset: offset)) { try Base58.decode(text) }
    }

    @Test("a long text costs nothing")
    func long() {
        #expect(throws: Base58Error.tooLong(1_000_000)) {
            try Base58.decode(String(repeating: "z", count: 1_000_000))
        }
    }

    @Test("the largest bytes that are written can be read")
    func limits() throws {
        let bytes = [UInt8](repeating: 255, count: Base58.byteLimit)
        #expect(try Base58.decode(Base58.encode(bytes)) == bytes)
        let zeros = [UInt8](repeating: 0, count: Base58.byteLimit)
        #expect(try Base58.decode(Base58.encode(zeros)) == zeros)
    }
}
