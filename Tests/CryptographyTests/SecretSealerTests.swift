import ByteCodecs
import Cryptography
import Determinism
import Testing

@Suite struct SecretSealerTests {
    /// Made by Node: `createCipheriv('aes-256-gcm', Buffer.alloc(32, 5), iv)` with this context as
    /// additional data.
    static let text =
        "AAECAwQFBgcICQoLDA0ODw==:BV2mQrvX51cz85n3/rcJUg==:VHLulRVX8H/QpB1WR8kzkQglFg=="
    static let context = "signing_keys.7.secret"
    static let plaintext = Array("a token signing key".utf8)

    let surroundings = SimulatedWorld(seed: 1).surroundings

    static func key(_ version: Int, _ byte: UInt8) throws -> SealingKey {
        try SealingKey(
            version: version, secret: SharedSecret(SecretBytes([UInt8](repeating: byte, count: 32)))
        )
    }

    static func sealer() throws -> SecretSealer {
        try SecretSealer(key: SecretBytes([UInt8](repeating: 5, count: 32)))
    }

    @Test func opensWhatNodeSealed() throws {
        #expect(try Self.sealer().open(Self.text, context: Self.context).copy() == Self.plaintext)
    }

    @Test("with Node's nonce the very same text comes out")
    func sealsAsNodeDoes() throws {
        let surroundings = Surroundings(
            now: surroundings.now, randomBytes: { count in (0..<count).map { UInt8($0) } })

        #expect(
            try Self.sealer().seal(Self.plaintext, context: Self.context, surroundings)
                == Self.text)
        #expect(
            try Self.sealer().seal(SecretBytes(Self.plaintext), context: Self.context, surroundings)
                == Self.text)
    }

    @Test func sealingTwiceGivesTwoTexts() throws {
        let sealer = try Self.sealer()
        let first = try sealer.seal([1], context: "a", surroundings)

        #expect(try sealer.seal([1], context: "a", surroundings) != first)
        #expect(try sealer.open(first, context: "a").copy() == [1])
    }

    @Test func nothingCanBeSealedToo() throws {
        let sealer = try Self.sealer()
        let text = try sealer.seal([], context: "a", surroundings)

        #expect(try sealer.open(text, context: "a").copy().isEmpty)
        #expect(throws: CryptographyError.authenticationFailed) {
            _ = try sealer.open(text, context: "b")
        }
    }

    @Test(
        "a secret moved to another place does not open", arguments: ["", "signing_keys.8.secret"])
    func anotherContext(context: String) {
        #expect(throws: CryptographyError.authenticationFailed) {
            _ = try Self.sealer().open(Self.text, context: context)
        }
    }

    @Test("each changed byte of nonce, tag and ciphertext is found")
    func changedBytes() throws {
        let parts = try Self.text.split(separator: ":").map { try Base64.decode($0) }
        for (part, bytes) in parts.enumerated() {
            for index in bytes.indices {
                var changed = parts
                changed[part][index] ^= 1
                let text = changed.map(Base64.encode).joined(separator: ":")
                #expect(throws: CryptographyError.authenticationFailed) {
                    _ = try Self.sealer().open(text, context: Self.context)
                }
            }
        }
    }

    @Test(
        "a text of another form is refused before any key is used",
        arguments: [
            "", ":", "::", ":::", "a:b:c", text + ":", ":" + text, "v1:" + text, "v02:" + text,
            "v+2:" + text, "v0:" + text, "V2:" + text, "v:" + text, "v-1:" + text,
            "v99999999999999999999:" + text, " " + text, text + "\n",
            text.replacing("==:VH", with: ":VH"),
            // A tag of 15 bytes, and one of 17; a nonce of 12.
            "AAECAwQFBgcICQoLDA0ODw==:BV2mQrvX51cz85n3/rcJ:VHLulRVX8H/QpB1WR8kzkQglFg==",
            "AAECAwQFBgcICQoLDA0ODw==:BV2mQrvX51cz85n3/rcJUlI=:VHLulRVX8H/QpB1WR8kzkQglFg==",
            "AAECAwQFBgcICQoL:BV2mQrvX51cz85n3/rcJUg==:VHLulRVX8H/QpB1WR8kzkQglFg==",
        ])
    func malformed(text: String) {
        #expect(throws: CryptographyError.sealedTextMalformed) {
            _ = try Self.sealer().open(text, context: Self.context)
        }
    }

    @Test func afterARotationOldTextsOpenAndNewOnesCarryTheVersion() throws {
        let before = try SecretSealer(keys: [Self.key(1, 5)])
        let after = try SecretSealer(keys: [Self.key(2, 6), Self.key(1, 5)])
        let new = try after.seal(Self.plaintext, context: "a", surroundings)

        #expect(new.hasPrefix("v2:"))
        #expect(try after.open(new, context: "a").copy() == Self.plaintext)
        #expect(try after.open(Self.text, context: Self.context).copy() == Self.plaintext)
        #expect(try after.isStale(Self.text))
        #expect(try !after.isStale(new))
        #expect(SecretSealer.version(of: Self.text) == 1 && SecretSealer.version(of: new) == 2)
        for text in ["", "v", "v:", "v2", "v02:", "v+2:", "vAECAwQFBgcICQoLDA0ODw==:A:B"] {
            #expect(SecretSealer.version(of: text) == 1, "\(text)")
        }
        #expect(throws: CryptographyError.unknownKeyVersion(2)) {
            _ = try before.open(new, context: "a")
        }
    }

    @Test("a version's prefix cannot be swapped for another's")
    func relabelled() throws {
        let both = try SecretSealer(keys: [Self.key(2, 6), Self.key(1, 5)])

        #expect(throws: CryptographyError.authenticationFailed) {
            _ = try both.open("v2:" + Self.text, context: Self.context)
        }
    }

    @Test func keysMustBeSoundAndDistinct() throws {
        #expect(throws: CryptographyError.invalidKeyVersions) { try SecretSealer(keys: []) }
        #expect(throws: CryptographyError.invalidKeyVersions) {
            try SecretSealer(keys: [Self.key(1, 5), Self.key(1, 6)])
        }
        #expect(throws: CryptographyError.invalidKeyVersions) { try Self.key(0, 5) }
        for count in [0, 16, 31, 33] {
            #expect(throws: CryptographyError.invalidKeyLength(expected: 32, actual: count)) {
                try SecretSealer(key: SecretBytes([UInt8](repeating: 5, count: count)))
            }
        }
    }

    @Test func moreThanAMebibyteIsRefused() throws {
        let plaintext = [UInt8](repeating: 0, count: 1_048_577)
        #expect(throws: CryptographyError.tooLong(maximum: 1 << 20, actual: plaintext.count)) {
            try Self.sealer().seal(plaintext, context: "a", surroundings)
        }
    }
}
