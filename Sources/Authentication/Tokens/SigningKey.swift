import ByteCodecs
import Cryptography
import Determinism

/// A key that signs or has signed access tokens. Its algorithm is fixed with it: a token's own
/// header never chooses.
struct SigningKey: Sendable {
    enum Material: Sendable {
        case ed25519(Ed25519SigningKey)
        case hmacSHA256(HMACSHA256)
    }

    /// Names the key in a token's header, `kid`.
    var id: String
    var material: Material
    var signsFrom: Timestamp
    /// Nil while no successor has been named.
    var verifiesUntil: Timestamp?

    /// RFC 8037 and RFC 7518 names.
    var algorithm: String {
        switch material {
        case .ed25519: "EdDSA"
        case .hmacSHA256: "HS256"
        }
    }

    /// - Throws: only for want of memory.
    func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        switch material {
        case .ed25519(let key): key.sign(message)
        case .hmacSHA256(let code): try code.code(for: message)
        }
    }

    func accepts(signature: [UInt8], of message: [UInt8]) -> Bool {
        do {
            switch material {
            case .ed25519(let key):
                try Ed25519.verify(
                    signature: signature, message: message, publicKey: key.publicKey)
                return true
            case .hmacSHA256(let code):
                return ConstantTime.equal(try code.code(for: message), signature)
            }
        } catch {
            return false
        }
    }

    /// RFC 8037 public key for the JWKS; nil for a shared secret, which must never stand there.
    var publicJWK: JSONValue? {
        guard case .ed25519(let key) = material else { return nil }
        return [
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": .string(id), "x": .string(Base64.encodeURL(key.publicKey)),
        ]
    }
}
