import ByteCodecs
import Testing

@Suite struct Base64Tests {
    @Test(
        "the examples of RFC 4648, section 10",
        arguments: [
            ("", "", ""), ("f", "Zg==", "Zg"), ("fo", "Zm8=", "Zm8"), ("foo", "Zm9v", "Zm9v"),
            ("foob", "Zm9vYg==", "Zm9vYg"), ("fooba", "Zm9vYmE=", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy", "Zm9vYmFy"),
        ])
    func examples(plain: String, padded: String, unpadded: String) throws {
        #expect(Base64.encode(plain.utf8) == padded)
        #expect(Base64.encodeURL(plain.utf8) == unpadded)
        #expect(try Base64.decode(padded) == Array(plain.utf8))
        #expect(try Base64.decodeURL(unpadded) == Array(plain.utf8))
        #expect(try Base64.decode(utf8: Array(padded.utf8)) == Array(plain.utf8))
    }

    @Test func theAlphabetsDifferInTwoCharacters() throws {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF]

        #expect(Base64.encode(bytes) == "++++////")
        #expect(Base64.encodeURL(bytes) == "----____")
        #expect(try Base64.decode("++++////") == bytes)
        #expect(try Base64.decodeURL("----____") == bytes)
    }

    @Test func everyLengthAndByteComesBack() throws {
        for count in 0...300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(try Base64.decodeURL(Base64.encodeURL(bytes)[...]) == bytes)
            #expect(Base64.encode(bytes.lazy.map { $0 }) == Base64.encode(bytes))
        }
    }

    @Test(
        "padded text has one spelling",
        arguments: [
            ("Zg", Base64Error.invalidLength(2)), ("Zg=", .invalidLength(3)),
            ("Zg===", .invalidLength(5)), ("Zm9vY", .invalidLength(5)),
            ("=", .invalidLength(1)), ("====", .invalidCharacter(offset: 0)),
            ("Z===", .invalidCharacter(offset: 1)), ("Zg==Zg==", .invalidCharacter(offset: 2)),
            ("Zg==\n", .invalidLength(5)), ("Zm9v\n\n\n\n", .invalidCharacter(offset: 4)),
            (" Zm9", .invalidCharacter(offset: 0)), ("Zm=v", .invalidCharacter(offset: 2)),
            ("-___", .invalidCharacter(offset: 0)), ("AAA_", .invalidCharacter(offset: 3)),
            ("Zm9é", .invalidLength(5)), ("Zmé", .invalidCharacter(offset: 2)),
            ("Zm8\0", .invalidCharacter(offset: 3)),
            ("Zh==", .unusedBitsSet), ("Zv==", .unusedBitsSet), ("Zm9=", .unusedBitsSet),
            ("Zm+=", .unusedBitsSet),
        ])
    func refusesPadded(text: String, error: Base64Error) {
        #expect(throws: error) { try Base64.decode(text) }
    }

    @Test(
        "unpadded text has one spelling",
        arguments: [
            ("Z", Base64Error.invalidLength(1)), ("Zm9vY", .invalidLength(5)),
            ("Zg==", .invalidCharacter(offset: 2)), ("Zm8=", .invalidCharacter(offset: 3)),
            ("Zh", .unusedBitsSet), ("Zm9", .unusedBitsSet), ("+A", .invalidCharacter(offset: 0)),
            ("/A", .invalidCharacter(offset: 0)), ("Zm9v.", .invalidLength(5)),
            ("Zg.", .invalidCharacter(offset: 2)),
        ])
    func refusesUnpadded(text: String, error: Base64Error) {
        #expect(throws: error) { try Base64.decodeURL(text) }
    }

    @Test func onlySixtyFourCharactersAreTaken() {
        for byte in UInt8.min...UInt8.max {
            let standard = (try? Base64.decode(utf8: [byte, 65, 65, 65])) != nil
            let url = (try? Base64.decodeURL(utf8: [byte, 65, 65, 65])) != nil
            let isAlphanumeric =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            #expect(standard == (isAlphanumeric || byte == 43 || byte == 47))
            #expect(url == (isAlphanumeric || byte == 45 || byte == 95))
        }
    }

    @Test func aMegabyteOfJunkIsRefused() {
        let junk = [UInt8](repeating: 0xFF, count: 1 << 20)
        #expect(throws: Base64Error.invalidCharacter(offset: 0)) {
            try Base64.decode(utf8: junk)
        }
    }
}
