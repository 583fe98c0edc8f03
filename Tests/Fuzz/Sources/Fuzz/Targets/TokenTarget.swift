import ByteCodecs
import Cryptography
import Determinism

@testable import Authentication

/// A token as it comes in a header. Of all texts, only the one that the key signed is accepted.
enum TokenTarget {
    /// The keys behind the tokens in the corpus.
    private static let keys = (try? makeKeys()) ?? []

    private static func makeKeys() throws(CryptographyError) -> [SigningKey] {
        let seed = try SecretBytes([UInt8](repeating: 7, count: 32))
        let secret = try SecretBytes([UInt8](repeating: 8, count: 32))
        return [
            signingKey("ed", .ed25519(try Ed25519SigningKey(seed: seed))),
            signingKey("hs", .hmacSHA256(try HMACSHA256(key: secret))),
        ]
    }

    private static func signingKey(_ id: String, _ material: SigningKey.Material) -> SigningKey {
        SigningKey(
            id: id, material: material, signsFrom: Timestamp(milliseconds: 0), verifiesUntil: nil)
    }

    static func run(_ input: [UInt8]) {
        guard let text = String(validating: input, as: UTF8.self),
            let token = JSONWebToken(text)
        else { return }
        let again = token.signedBytes + Array(".\(Base64.encodeURL(token.signature))".utf8)
        demand(again == input, "one text a token")
        demand(input.count <= JSONWebToken.maximumLength, "not longer than we look at")
        guard case .object = token.claims else {
            demand(false, "claims are an object")
            return
        }
        demand(keys.count == 2, "the keys are made")
        for key in keys where key.accepts(signature: token.signature, of: token.signedBytes) {
            let own = try? JSONWebToken.signed(claims: token.claims, by: key)
            demand(own == text, "nobody but the key makes a token")
        }
    }
}
