public import Determinism

/// Why token keys could not be made, read or changed.
public enum SigningKeyError: Error, Equatable, Sendable {
    case storageUnavailable
    /// A stored key does not open: `DB_ENCRYPTION_KEY` is not the one it was sealed with.
    case cannotUnseal(keyID: String)
    /// A key that was announced does not sign yet; another rotation now would only push the time
    /// at which a new key signs further away.
    case rotationPending(keyID: String, signsFrom: Timestamp)
    /// With HS256 the key is `JWT_SECRET`; there is nothing in the database to rotate.
    case notRotatable
    case memoryExhausted
}
