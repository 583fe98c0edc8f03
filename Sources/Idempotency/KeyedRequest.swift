public import Identifiers

/// A request under a key, and how its result is told: the words of an answer are its route's
/// business, and they have to be known where the work is committed.
public struct KeyedRequest<Value: Sendable>: Sendable {
    public var key: IdempotencyKey
    public var answer: @Sendable (Value) -> KeptAnswer

    public init(key: IdempotencyKey, answer: @escaping @Sendable (Value) -> KeptAnswer) {
        self.key = key
        self.answer = answer
    }
}

/// What became of a request that may have come before.
public enum KeyedOutcome<Value: Sendable>: Sendable {
    /// Done now. Under a key, the answer made of it is kept.
    case done(Value)
    /// Done before, and this was the answer.
    case repeated(KeptAnswer)
    /// Done so long ago that only what it made is known.
    case forgotten(made: UUIDv7?)
}

extension KeyedOutcome: Equatable where Value: Equatable {}
