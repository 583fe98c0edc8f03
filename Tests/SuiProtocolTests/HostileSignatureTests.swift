import ByteCodecs
import SuiProtocol
import Testing

/// Whatever bytes come, the answer is a typed refusal.
@Suite struct HostileSignatureTests {
    @Test("a megabyte of anything is too long and not looked at", arguments: ["A", "=", "é", "\0"])
    func megabyte(character: String) {
        #expect(throws: SuiSignatureError.tooLong) {
            try SuiSignature.parse(base64: String(repeating: character, count: 1_048_576))
        }
    }

    @Test("a megabyte after a flag is too long", arguments: [0, 1, 2, 3, 5, 6, 255])
    func megabyteOfBytes(flag: UInt8) {
        #expect(throws: SuiSignatureError.tooLong) {
            try SuiSignature.parse([flag] + [UInt8](repeating: 0xFF, count: 1_048_576))
        }
    }

    @Test("no flipped bit leaves a good signature good", arguments: goodOnes)
    func flippedBits(file: String, id: String) async throws {
        let sample = try Self.sample(file, id)
        let whole = try Base64.decode(sample.signature)
        for byte in whole.indices {
            for mask in [UInt8(1) << UInt8(byte % 8), 0x80] {
                var changed = whole
                changed[byte] ^= mask
                #expect(throws: SuiSignatureError.self, "\(id) byte \(byte) mask \(mask)") {
                    try SuiSignature.parse(changed).verify(sample.intent, by: sample.address)
                }
            }
            await Task.yield()  // Other suites wait for answers meanwhile.
        }
    }

    @Test("no beginning of a signature is one", arguments: goodOnes)
    func cut(file: String, id: String) throws {
        let whole = try Base64.decode(try Self.sample(file, id).signature)
        for count in 0..<whole.count {
            #expect(throws: SuiSignatureError.self, "\(id) \(count) bytes") {
                try SuiSignature.parse(Array(whole.prefix(count)))
            }
        }
    }

    @Test("random bytes after every flag are refused", arguments: [0, 1, 2, 3, 5, 6] as [UInt8])
    func randomBytes(flag: UInt8) throws {
        var generator = Xorshift(state: 0x9E37_79B9_7F4A_7C15 ^ UInt64(flag))
        for _ in 0..<2_000 {
            let count = Int(generator.next() % 400)
            // Small bytes make plausible lengths and reach deeper into the decoders.
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() % 9) }
            guard let parsed = try? SuiSignature.parse([flag] + bytes) else { continue }
            #expect(throws: SuiSignatureError.self) {
                try parsed.verify(.personalMessage([]), by: parsed.addresses[0])
            }
        }
    }

    @Test("message and transaction of the same bytes have different digests")
    func intents() {
        let bytes: [UInt8] = [1, 2, 3]
        let digest = Intent.personalMessage(bytes).signingDigest

        #expect(digest.count == 32)
        #expect(digest != Intent.transaction(bytes).signingDigest)
        #expect(digest != Intent.transaction([3] + bytes).signingDigest)
    }

    static let goodOnes = [
        ("fastcrypto/personal_message.json", "ed25519.ok.sign_in"),
        ("fastcrypto/personal_message.json", "secp256k1.ok.sign_in"),
        ("fastcrypto/personal_message.json", "secp256r1.ok.sign_in"),
        ("derived/multisig.json", "multisig.ok.two_of_three.02"),
        ("derived/multisig.json", "multisig.ok.with_passkey"),
        ("derived/passkey.json", "passkey.ok.plain"),
    ]

    static func sample(_ file: String, _ id: String) throws -> SignatureCase {
        try #require(try VectorFiles.cases(file).first { $0.id == id })
    }
}

private struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
