/// How the token keys of a gateway stand: part of readiness.
public enum SigningKeyStanding: Equatable, Sendable {
    case ready
    /// One signs, but so many rows do not open with this gateway's `DB_ENCRYPTION_KEY`; what they
    /// sign elsewhere is refused here.
    case unopened(count: Int)
    /// One signs, but the last attempt to read the rows failed: a rotation would go unseen.
    case unread
    case noSigner
}
