import ByteCodecs
public import Cryptography
import Determinism

/// Where the keys of access tokens come from.
public enum TokenKeySource: Sendable {
    /// EdDSA, from the database, rotated by all gateways together.
    case database(SigningKeys)
    /// HS256 with `JWT_SECRET`: who can verify can mint, so it never stands in the JWKS.
    case shared(SharedSecret)

    func ring() throws(CryptographyError) -> KeyRing {
        switch self {
        case .database(let keys): return keys.ring
        case .shared(let secret):
            let name = try HKDFSHA256.derive(
                secret: secret.bytes, info: "sluice token key id", count: 12)
            let key = SigningKey(
                id: Base64.encodeURL(name.copy()),
                material: .hmacSHA256(try HMACSHA256(key: secret.bytes)),
                signsFrom: Timestamp(milliseconds: 0))
            let ring = KeyRing()
            ring.replace(with: [key])
            return ring
        }
    }
}
