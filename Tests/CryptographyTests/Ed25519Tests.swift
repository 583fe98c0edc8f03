import ByteCodecs
import Cryptography
import Testing

@Suite struct Ed25519Tests {
    /// Made by PyNaCl from a seed of thirty-two threes.
    static let publicKey = "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1"
    static let signature =
        "6fedc55ee6ff54514f14d25155f849bbc788ebd018fdc01b80bb38751e3b4c63"
        + "b20093aa786514aa3b34b629d733d7d762282c2440d22e37ef0cfb56ac88f50f"
    static let message = Array("sluice signs in".utf8)

    static func check(
        signature: [UInt8]? = nil, message: [UInt8] = message, publicKey: [UInt8]? = nil
    ) throws {
        try Ed25519.verify(
            signature: signature ?? Hex.decode(Self.signature), message: message,
            publicKey: publicKey ?? Hex.decode(Self.publicKey))
    }

    @Test func aSignatureOfAnotherLibraryVerifies() throws {
        try Self.check()
    }

    @Test(
        "signing gives what RFC 8032, section 7.1, prints",
        arguments: [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc6"
                    + "1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e45"
                    + "8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ])
    func signs(seed: String, publicKey: String, message: String, signature: String) throws {
        let key = try Ed25519SigningKey(seed: SecretBytes(Hex.decode(seed)))
        let message = try Hex.decode(message)

        #expect(Hex.encode(key.publicKey) == publicKey)
        #expect(Hex.encode(key.sign(message)) == signature)
        try Self.check(
            signature: key.sign(message), message: message, publicKey: key.publicKey)
    }

    @Test(arguments: [0, 31, 33, 64])
    func aSeedOfAnotherLengthMakesNoKey(count: Int) {
        #expect(throws: CryptographyError.invalidKeyLength(expected: 32, actual: count)) {
            try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: 1, count: count)))
        }
    }

    @Test func anotherMessageOrKeyIsRefused() throws {
        let other = try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: 4, count: 32)))

        #expect(throws: SignatureRefusal.mismatch) { try Self.check(message: []) }
        #expect(throws: SignatureRefusal.mismatch) { try Self.check(message: Self.message + [0]) }
        #expect(throws: SignatureRefusal.mismatch) {
            try Self.check(publicKey: other.publicKey)
        }
    }

    @Test func eachBitOfTheSignatureMatters() throws {
        for bit in 0..<512 {
            var changed = try Hex.decode(Self.signature)
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SignatureRefusal.self) { try Self.check(signature: changed) }
        }
    }

    @Test(
        "keys under which anybody can sign are refused, however they are written",
        arguments: [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ])
    func smallOrder(key: String) throws {
        let identity = [1] + [UInt8](repeating: 0, count: 63)

        #expect(throws: SignatureRefusal.smallOrderKey) {
            try Self.check(signature: identity, publicKey: Hex.decode(key))
        }
    }

    @Test(
        "S + L, which the equation cannot tell from S, is refused",
        arguments: [
            // S of the good signature plus L; L; 2²⁵⁶ − 1.
            "9fd4880793c8260212d1adccb52db6ec62282c2440d22e37ef0cfb56ac88f51f",
            "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        ])
    func unreduced(scalar: String) throws {
        let nonce = try Hex.decode(Self.signature)[..<32]

        #expect(throws: SignatureRefusal.scalarNotReduced) {
            try Self.check(signature: nonce + Hex.decode(scalar))
        }
    }

    @Test("the highest S below L is an honest mismatch")
    func highestReduced() throws {
        let nonce = try Hex.decode(Self.signature)[..<32]
        let scalar = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"

        #expect(throws: SignatureRefusal.mismatch) {
            try Self.check(signature: nonce + Hex.decode(scalar))
        }
    }

    @Test(
        "a key that is no point, or no point's own encoding, is refused",
        arguments: [
            "0200000000000000000000000000000000000000000000000000000000000000",
            "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ])
    func notAPoint(key: String) throws {
        #expect(throws: SignatureRefusal.invalidPublicKey) {
            try Self.check(publicKey: Hex.decode(key))
        }
    }

    @Test(arguments: [0, 31, 33, 63, 65, 1_000_000])
    func wrongLengths(count: Int) throws {
        let bytes = [UInt8](repeating: 9, count: count)

        #expect(throws: SignatureRefusal.wrongLength(expected: 64, actual: count)) {
            try Self.check(signature: bytes)
        }
        #expect(throws: SignatureRefusal.wrongLength(expected: 32, actual: count)) {
            try Self.check(publicKey: bytes)
        }
    }
}
