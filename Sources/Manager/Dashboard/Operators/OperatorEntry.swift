public import Determinism

/// A person who may use the dashboard, or might once.
public struct OperatorEntry: Hashable, Sendable {
    public let name: String
    public let createdAt: Timestamp
    public let revokedAt: Timestamp?
    /// Of a session that is still stored.
    public let lastUsedAt: Timestamp?
}

/// A new operator with the secret, which is shown this once.
public struct NewOperator: Hashable, Sendable {
    public let name: String
    /// `slo_` and 43 characters of Base64url: 256 random bits.
    public let secret: String
}
