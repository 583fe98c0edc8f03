public import Determinism

/// A key as an operator sees it: all but its secrets.
public struct ServiceKeyEntry: Sendable, Equatable {
    public var id: String
    public var name: String
    public var scopes: [ServiceScope]
    /// The edge whose use it may tell of; nil: one of its name.
    public var edge: String?
    public var createdAt: Timestamp
    public var revokedAt: Timestamp?
    /// How many secrets are good: two at most, none once it was revoked.
    public var secrets: Int
    /// When the newest secret was made, live or not.
    public var newestSecretAt: Timestamp?
}
