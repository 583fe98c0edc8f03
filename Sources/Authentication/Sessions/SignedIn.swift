public import Determinism

/// What a sign-in or a refresh hands out. The two tokens are secrets: they go into the answer and
/// nowhere else.
public struct SignedIn: Sendable {
    public var accessToken: String
    /// Seconds from now.
    public var expiresIn: Int64
    public var refreshToken: String
    public var refreshExpiresAt: Timestamp
    public var session: Session
    public var customer: Customer
}
