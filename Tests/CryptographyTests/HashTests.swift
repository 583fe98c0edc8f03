import ByteCodecs
import Cryptography
import Testing

@Suite struct HashTests {
    @Test(
        "SHA-256 as FIPS 180 prints it",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(message: String, hash: String) {
        #expect(Hex.encode(SHA256.hash(Array(message.utf8))) == hash)
    }

    @Test("in parts or at once, SHA-256 is the same", arguments: [0, 1, 55, 56, 63, 64, 65, 1000])
    func runningSHA256(count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for size in [1, 63, 64, 200] {
            var hash = RunningSHA256()
            for start in stride(from: 0, to: count, by: size) {
                message[start..<min(start + size, count)].withUnsafeBytes { hash.update($0) }
            }
            #expect(hash.digest == SHA256.hash(message))
            #expect(hash.digest == SHA256.hash(message))
        }
    }

    @Test(
        "HMAC as RFC 4231 prints it",
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func hmac(key: [UInt8], message: String, code: String) throws {
        let message = Array(message.utf8)
        let reused = try HMACSHA256(key: SecretBytes(key))

        #expect(try Hex.encode(HMACSHA256.code(for: message, key: key)) == code)
        #expect(try Hex.encode(HMACSHA256.code(for: message, key: SecretBytes(key))) == code)
        for _ in 0..<3 { #expect(try Hex.encode(reused.code(for: message)) == code) }
        #expect(try Hex.encode(reused.code(for: message + [0])) != code)
    }

    @Test("an empty key is a key, not the one used before")
    func emptyKey() throws {
        // OpenSSL: `printf '' | openssl dgst -sha256 -hmac ''`.
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"

        #expect(try Hex.encode(HMACSHA256.code(for: [], key: [UInt8]())) == code)
    }

    @Test func oneKeyServesManyThreads() async throws {
        let shared = try HMACSHA256(key: SecretBytes([UInt8](repeating: 7, count: 32)))
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    let message = [UInt8](repeating: UInt8(number), count: number)
                    let alone = try HMACSHA256.code(
                        for: message, key: [UInt8](repeating: 7, count: 32))
                    #expect(try shared.code(for: message) == alone)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func comparisonLooksAtEveryByte() {
        #expect(ConstantTime.equal([], []))
        #expect(ConstantTime.equal([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equal([0, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2], [1, 2, 3]))
    }
}
