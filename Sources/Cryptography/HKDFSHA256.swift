import COpenSSL

/// HKDF (RFC 5869) with SHA-256 and no salt: several independent keys out of one strong secret.
/// Not for passwords.
public enum HKDFSHA256 {
    /// RFC 5869, section 2.3: 255 hashes.
    private static let maximumCount = 255 * SHA256.count

    /// - Parameters:
    ///   - info: what the key is for; different texts give unrelated keys.
    ///   - count: bytes wanted, 1 to 8,160.
    /// - Throws: ``CryptographyError/tooLong(maximum:actual:)`` or a lack of memory.
    public static func derive(
        secret: borrowing SecretBytes, info: String, count: Int
    ) throws(CryptographyError) -> SecretBytes {
        guard (1...maximumCount).contains(count) else {
            throw .tooLong(maximum: maximumCount, actual: count)
        }
        return try secret.withUnsafeBytes { secret throws(CryptographyError) in
            try SecretBytes(
                count: count,
                fill: { derived throws(CryptographyError) in
                    try derive(Array(info.utf8), from: secret, into: derived)
                })
        }
    }

    private static func derive(
        _ info: [UInt8], from secret: UnsafeRawBufferPointer,
        into derived: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        guard let algorithm = algorithm?.pointer, let context = EVP_KDF_CTX_new(algorithm) else {
            throw .libraryFailure(function: "EVP_KDF_CTX_new")
        }
        defer { EVP_KDF_CTX_free(context) }
        let result = info.withUnsafeBytes { info in
            EVP_KDF_derive(
                context, derived.baseAddress, derived.count,
                [
                    Parameter.text("digest", "SHA256"), Parameter.octets("key", secret),
                    Parameter.octets("info", info), Parameter.end,
                ])
        }
        guard result == 1 else { throw .libraryFailure(function: "EVP_KDF_derive") }
    }

    private static let algorithm = EVP_KDF_fetch(nil, "HKDF", nil).map(SharedCObject.init)
}
