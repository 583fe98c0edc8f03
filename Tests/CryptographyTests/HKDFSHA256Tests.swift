import ByteCodecs
import Cryptography
import Testing

@Suite struct HKDFSHA256Tests {
    let secret = [UInt8](repeating: 5, count: 32)

    @Test("the same bytes as Node's crypto.hkdfSync")
    func agreesWithNode() throws {
        let derived = try HKDFSHA256.derive(
            secret: SecretBytes(secret), info: "audit seal", count: 48)

        #expect(
            Hex.encode(derived.copy())
                == "9ba5bd981e5329bdadd3d4a9a08fad4c2f74f845598bf556e706cf589b2aeacb"
                + "f74b627f462a14f84e944b333f53c234")
    }

    @Test func eachPurposeHasItsOwnKey() throws {
        let keys = try ["", "a", "b"].map {
            try HKDFSHA256.derive(secret: SecretBytes(secret), info: $0, count: 32).copy()
        }

        #expect(Set(keys).count == 3)
    }

    @Test(arguments: [0, -1, 8161, Int.max])
    func refusesImpossibleLengths(count: Int) {
        #expect(throws: CryptographyError.tooLong(maximum: 8160, actual: count)) {
            _ = try HKDFSHA256.derive(secret: SecretBytes(secret), info: "x", count: count)
        }
    }
}
