public import Idempotency

/// Why a key was not made or changed. Nothing was written.
public enum APIKeyError: Error, Equatable, Sendable {
    /// No key of this customer has that id, or it was deleted.
    case unknown
    /// There is no configuration yet that would say how many keys there may be.
    case notConfigured
    /// As many are active as the plan has slots for.
    case slotsTaken(slots: Int64)
    /// So many were rotated that their overlaps fill the slots once more.
    case overlapsTaken(slots: Int64)
    /// Another key has taken its place.
    case rotated(to: APIKeyID)
    /// Only what is active can be rotated.
    case notActive
    case keyRefused(KeyRefusal)
    /// It does not open, or cannot be sealed, under our key.
    case sealingFailed
    case storageUnavailable
}
