public import Determinism
public import Identifiers

/// An API key as its customer sees it: everything but the key.
public struct APIKeyDetails: Hashable, Sendable {
    public let id: APIKeyID
    public let customer: CustomerID
    public let service: ServiceType
    /// Chosen by the customer; nil when none was.
    public var name: String?
    /// As stored; ``state(at:)`` knows of an overlap that has ended.
    public var state: APIKeyState
    /// The key's first characters, to recognise it by.
    public let hint: String
    public let createdAt: Timestamp
    public var changedAt: Timestamp
    /// The end of the overlap of a key that was rotated.
    public var expiresAt: Timestamp?
    /// To the minute, from HAProxy's log; nil before it was first used.
    public var lastUsedAt: Timestamp?
    /// The key whose place it took.
    public let rotatedFrom: APIKeyID?
    /// The key that took its place.
    public var rotatedTo: APIKeyID?
    /// The transaction in which HAProxy's view of it last changed.
    public var changedIn: TransactionMark

    /// The state that HAProxy holds it to.
    public func state(at now: Timestamp) -> APIKeyState {
        guard state == .active, let expiresAt, expiresAt <= now else { return state }
        return .revoked
    }

    public init(
        id: APIKeyID, customer: CustomerID, service: ServiceType, name: String?,
        state: APIKeyState, hint: String, createdAt: Timestamp, changedAt: Timestamp,
        expiresAt: Timestamp?, lastUsedAt: Timestamp?, rotatedFrom: APIKeyID?,
        rotatedTo: APIKeyID?, changedIn: TransactionMark
    ) {
        self.id = id
        self.customer = customer
        self.service = service
        self.name = name
        self.state = state
        self.hint = hint
        self.createdAt = createdAt
        self.changedAt = changedAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.rotatedFrom = rotatedFrom
        self.rotatedTo = rotatedTo
        self.changedIn = changedIn
    }
}

/// A key with its details, right after it was made.
public struct IssuedAPIKey: Hashable, Sendable {
    public let details: APIKeyDetails
    public let key: APIKey

    public init(_ details: APIKeyDetails, key: APIKey) {
        self.details = details
        self.key = key
    }
}
