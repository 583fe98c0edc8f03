public import Determinism
public import Identifiers

/// One sign-in on one device, as its customer sees it in the list.
public struct Session: Sendable, Equatable {
    public var id: SessionID
    public var createdAt: Timestamp
    public var lastUsedAt: Timestamp
    /// 90 days after the sign-in, whatever happens.
    public var expiresAt: Timestamp
    public var ip: String?
    public var userAgent: String?
}
