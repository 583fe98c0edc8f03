public import Identifiers

/// What a key means at this moment.
public enum KeyStanding: Hashable, Sendable {
    /// Bound to nothing; until the transaction ends nobody else is at work under it.
    case new
    /// Bound to what was done then. The answer is nil once it has been forgotten.
    case bound(KeptAnswer?, made: UUIDv7?)
    case refused(KeyRefusal)
}

/// Why nothing was done under a key.
public enum KeyRefusal: Error, Hashable, Sendable {
    /// A request with the same key is at work, here or in another process.
    case inFlight
    /// The key is bound to a request with another body.
    case reused
}
