import CSodium

/// A private key that signs with Ed25519, kept in ``SecretBytes``.
public final class Ed25519SigningKey: Sendable {
    /// Bytes of the seed from which RFC 8032 derives the key.
    public static let seedCount = 32

    /// 32 bytes.
    public let publicKey: [UInt8]
    /// libsodium's form: the seed, then the public key.
    private let secretKey: SecretBytes

    /// - Parameter seed: 32 random bytes.
    /// - Throws: ``CryptographyError/invalidKeyLength(expected:actual:)`` or a lack of memory.
    public init(seed: borrowing SecretBytes) throws(CryptographyError) {
        guard seed.count == Self.seedCount else {
            throw .invalidKeyLength(expected: Self.seedCount, actual: seed.count)
        }
        var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyCount)
        secretKey = try SecretBytes(count: 64) { (secretKey: UnsafeMutablePointer<UInt8>) in
            _ = seed.withAddress { crypto_sign_ed25519_seed_keypair(&publicKey, secretKey, $0) }
        }
        self.publicKey = publicKey
    }

    /// 64 bytes, `R ‖ S`. The same message gives the same signature.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureCount)
        secretKey.withAddress { secretKey in
            _ = crypto_sign_ed25519_detached(
                &signature, nil, message, UInt64(message.count), secretKey)
        }
        return signature
    }
}
