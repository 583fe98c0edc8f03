import ByteCodecs
import Cryptography

/// A signed token in JWS compact form (RFC 7515), taken apart but not yet believed.
struct JSONWebToken {
    /// Ours are about 700; nothing longer is looked at.
    static let maximumLength = 4096

    var keyID: String
    var algorithm: String
    var claims: JSONValue
    /// The exact bytes that were signed.
    var signedBytes: [UInt8]
    var signature: [UInt8]

    /// Nil for anything but three canonical Base64url parts, a header of exactly `alg`, `kid` and
    /// `typ` with the type of an access token (RFC 9068), and an object of claims. A header that
    /// brings a key (`jwk`, `jku`, `x5c`), or any other member, is refused whole.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = Self.object(in: parts[0]),
            let claims = Self.object(in: parts[1]),
            let signature = try? Base64.decodeURL(String(parts[2])),
            var fields = try? JSONObjectReader(header),
            let algorithm = try? fields.string("alg"),
            let keyID = try? fields.string("kid"),
            let type = try? fields.string("typ"),
            (try? fields.finish()) != nil,
            type == "at+jwt"
        else { return nil }
        self.keyID = keyID
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signedBytes = Array(text.utf8.dropLast(parts[2].utf8.count + 1))
    }

    private static func object(in part: Substring) -> JSONValue? {
        guard let bytes = try? Base64.decodeURL(String(part)),
            let value = try? JSONValue.parse(bytes), case .object = value
        else { return nil }
        return value
    }

    /// - Throws: only for want of memory.
    static func signed(
        claims: JSONValue, by key: SigningKey
    ) throws(CryptographyError) -> String {
        let header: JSONValue = [
            "alg": .string(key.algorithm), "kid": .string(key.id), "typ": "at+jwt",
        ]
        let signedText =
            Base64.encodeURL(header.serialized()) + "." + Base64.encodeURL(claims.serialized())
        return signedText + "." + Base64.encodeURL(try key.sign(Array(signedText.utf8)))
    }
}
