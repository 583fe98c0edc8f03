import ByteCodecs
import Cryptography
import Testing

/// One key pair's signatures over `sluice signs in`, made by libraries other than ours: coincurve
/// for secp256k1, pyca/cryptography for P-256.
struct ECDSACase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let verify: @Sendable ([UInt8], [UInt8], [UInt8]) throws -> Void
    let publicKey: String
    let signatures: [String]
    let highS: String
    /// n, then n/2 rounded up: the lowest s that is too high.
    let order: String
    let upperHalf: String
    /// An x coordinate of no point.
    let offCurve: UInt8
    /// The field's prime: no x coordinate reaches it.
    let prime: String

    static let secp256k1 = ECDSACase(
        testDescription: "secp256k1",
        verify: { try ECDSASecp256k1.verify(signature: $0, message: $1, publicKey: $2) },
        publicKey: "02989c0b76cb563971fdc9bef31ec06c3560f3249d6ee9e5d83c57625596e05f6f",
        signatures: [
            "81ab6d56b892ff7126fa7cd53d079b745ba714d94faa03b26a92c5f5535ab357"
                + "79f759f0139a2f7e57d2079fda678129449cc2e96a5717d2d0eae3011b22b72a"
        ],
        highS: "81ab6d56b892ff7126fa7cd53d079b745ba714d94faa03b26a92c5f5535ab357"
            + "8608a60fec65d081a82df86025987ed5761219fd44f18868eee77b8bb5138a17",
        order: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        upperHalf: "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1",
        offCurve: 5,
        prime: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")

    static let secp256r1 = ECDSACase(
        testDescription: "secp256r1",
        verify: { try ECDSASecp256r1.verify(signature: $0, message: $1, publicKey: $2) },
        publicKey: "027135fa4fd93a09dce98bbf681b4bfcf50e7c0d6354e62afb0bff2a3429617865",
        signatures: [
            "424a704b183587f3c272bf40bff819aa415f4e1cc5cf6146ef5993aa1642a325"
                + "447beb1195c12e566100331128bc6f5646911f6a7360cc03152e800710103af2",
            "002df9ce26a559c301a71cf196a18bb40fbbed2c714c4305f72af1da786fb531"
                + "1d42b7d1e361eaa86746a8fc314c851309bbcb13f8283e7e5d76200e850c81ab",
            "860305bb9a3776a2031850aed0ca383f43107b0adaa34db0c8f9110086646327"
                + "0019bb8944022ced4dfb1a1a491f1f9311fa24a22ccae6ca2b62e4d2853ff4a3",
            "80b5dc18c07134fbf67df5fa1362c7fbd77c696e745204cda2d8dc3d4657d33c"
                + "1e85510a9fb3a6fb413456bcb83dfc30844d177ff6ab42a316810befc34fdd29",
        ],
        highS: "424a704b183587f3c272bf40bff819aa415f4e1cc5cf6146ef5993aa1642a325"
            + "bb8414ed6a3ed1aa9effcceed74390a97655db4333b6d281de8b4abbec52ea5f",
        order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        upperHalf: "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a9",
        offCurve: 1,
        prime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")

    static let all = [secp256k1, secp256r1]

    func check(
        signature: [UInt8]? = nil, message: String = "sluice signs in", publicKey: [UInt8]? = nil
    ) throws {
        try verify(
            try signature ?? Hex.decode(signatures[0]), Array(message.utf8),
            try publicKey ?? Hex.decode(self.publicKey))
    }
}

@Suite struct ECDSATests {
    @Test("signatures of other libraries verify, short scalars too", arguments: ECDSACase.all)
    func valid(curve: ECDSACase) throws {
        for signature in curve.signatures { try curve.check(signature: Hex.decode(signature)) }
    }

    @Test(arguments: ECDSACase.all)
    func anotherMessageOrKeyIsRefused(curve: ECDSACase) throws {
        var mirrored = try Hex.decode(curve.publicKey)
        mirrored[0] ^= 1

        #expect(throws: SignatureRefusal.mismatch) { try curve.check(message: "sluice signs im") }
        #expect(throws: SignatureRefusal.mismatch) { try curve.check(message: "") }
        #expect(throws: SignatureRefusal.mismatch) { try curve.check(publicKey: mirrored) }
    }

    @Test("each bit of the signature matters", arguments: ECDSACase.all)
    func flippedBits(curve: ECDSACase) throws {
        let signature = try Hex.decode(curve.signatures[0])
        for bit in stride(from: 0, to: 512, by: 7) {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SignatureRefusal.self) { try curve.check(signature: changed) }
        }
    }

    @Test("the high twin of a good signature is refused", arguments: ECDSACase.all)
    func highS(curve: ECDSACase) throws {
        let signature = try Hex.decode(curve.signatures[0])
        let lowestHigh = try Array(signature[..<32]) + Hex.decode(curve.upperHalf)

        #expect(throws: SignatureRefusal.highS) {
            try curve.check(signature: Hex.decode(curve.highS))
        }
        #expect(throws: SignatureRefusal.highS) { try curve.check(signature: lowestHigh) }
        var highestLow = lowestHigh
        highestLow[63] -= 1
        #expect(throws: SignatureRefusal.mismatch) { try curve.check(signature: highestLow) }
    }

    @Test("scalars outside 1 ..< n are refused", arguments: ECDSACase.all)
    func scalars(curve: ECDSACase) throws {
        let signature = try Hex.decode(curve.signatures[0])
        let order = try Hex.decode(curve.order)
        let highest = [UInt8](repeating: 0xFF, count: 32)
        for bad in [[UInt8](repeating: 0, count: 32), order, highest] {
            #expect(throws: SignatureRefusal.scalarNotReduced) {
                try curve.check(signature: bad + signature[32...])
            }
            #expect(throws: SignatureRefusal.scalarNotReduced) {
                try curve.check(signature: signature[..<32] + bad)
            }
        }
    }

    @Test("a key must be a compressed point of the curve", arguments: ECDSACase.all)
    func keys(curve: ECDSACase) throws {
        let x = try Hex.decode(curve.publicKey)[1...]
        let offCurve = [2] + [UInt8](repeating: 0, count: 31) + [curve.offCurve]
        let unreduced = try [2] + Hex.decode(curve.prime)
        for key in [[4] + x, [6] + x, [0] + x, offCurve, unreduced] {
            #expect(throws: SignatureRefusal.invalidPublicKey) {
                try curve.check(publicKey: Array(key))
            }
        }
    }

    @Test(arguments: ECDSACase.all, [0, 32, 63, 65, 1_000_000])
    func wrongLengths(curve: ECDSACase, count: Int) throws {
        let bytes = [UInt8](repeating: 2, count: count)

        #expect(throws: SignatureRefusal.wrongLength(expected: 64, actual: count)) {
            try curve.check(signature: bytes)
        }
        #expect(throws: SignatureRefusal.wrongLength(expected: 33, actual: count)) {
            try curve.check(publicKey: bytes)
        }
    }

    @Test("many threads verify with the one shared context", arguments: ECDSACase.all)
    func parallel(curve: ECDSACase) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    if number.isMultiple(of: 2) { return try curve.check() }
                    #expect(throws: SignatureRefusal.mismatch) { try curve.check(message: "x") }
                }
            }
            try await group.waitForAll()
        }
    }
}
