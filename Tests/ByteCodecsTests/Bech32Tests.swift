import ByteCodecs
import Testing

@Suite struct Bech32Tests {
    @Test(
        "BIP-173's valid texts",
        arguments: [
            ("A12UEL5L", "a", ""), ("a12uel5l", "a", ""),
            (
                "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharacters"
                    + "bio1tt5tgs",
                "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
                ""
            ),
            (
                "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef",
                "00443214c74254b635cf84653a56d7c675be77df"
            ),
            ("?1ezyfcl", "?", ""),
        ])
    func published(text: String, prefix: String, hex: String) throws {
        #expect(try Hex.encode(Bech32.decode(text, prefix: prefix)) == hex)
        let same = try Bech32.encode(prefix: prefix, Hex.decode(hex))
        #expect(same.utf8.elementsEqual(text.lowercased().utf8))
    }

    @Test(
        "BIP-173's invalid texts, and others",
        arguments: [
            ("pzry9x0s0muk", Bech32Error.separatorMissing), ("1pzry9x0s0muk", .invalidPrefix),
            ("a12uel5m", .checksumMismatch), ("A12uEL5L", .mixedCase),
            ("a12uel5", .checksumMismatch),
            ("a1", .checksumMismatch), ("", .separatorMissing), ("a", .separatorMissing),
            ("b12uel5l", .invalidPrefix), ("a12uel5b", .invalidCharacter(offset: 7)),
            ("a1 2uel5l", .invalidCharacter(offset: 2)),
            ("a12uel5l ", .invalidCharacter(offset: 8)),
            (" a12uel5l", .invalidPrefix), ("a1lqfn3a", .checksumMismatch),  // Bech32m.
            ("a12uel5é", .invalidCharacter(offset: 7)),
        ])
    func refused(text: String, error: Bech32Error) {
        #expect(throws: error) { try Bech32.decode(text, prefix: "a") }
    }

    @Test("spare bits must be few and zero")
    func spareBits() {
        // One group of five bits is no byte; two groups leave two bits, here one of them set.
        for text in ["a1qcymwx0", "a1qpw35jl5", "a1ppf4nkx4"] {
            #expect(throws: Bech32Error.self) { try Bech32.decode(text, prefix: "a") }
        }
    }

    @Test("more than ninety characters are refused both ways")
    func long() {
        #expect(throws: Bech32Error.tooLong) {
            try Bech32.encode(prefix: "a", [UInt8](repeating: 0, count: 60))
        }
        #expect(throws: Bech32Error.tooLong) {
            try Bech32.decode("a1" + String(repeating: "q", count: 100_000), prefix: "a")
        }
        #expect(throws: Bech32Error.invalidPrefix) { try Bech32.encode(prefix: "A", []) }
        #expect(throws: Bech32Error.invalidPrefix) { try Bech32.encode(prefix: "", []) }
    }
}
