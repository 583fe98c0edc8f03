/// A key of ``SecretSealer`` and its place in the order of rotations, from 1.
public struct SealingKey: Sendable {
    public let version: Int
    let secret: SharedSecret

    /// - Parameters:
    ///   - version: 1 for the first key, one more after each rotation.
    ///   - secret: 32 bytes.
    public init(version: Int, secret: SharedSecret) throws(CryptographyError) {
        guard version >= 1 else { throw .invalidKeyVersions }
        guard secret.bytes.count == AES256GCM.keyCount else {
            throw .invalidKeyLength(expected: AES256GCM.keyCount, actual: secret.bytes.count)
        }
        self.version = version
        self.secret = secret
    }
}
