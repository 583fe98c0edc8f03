import Synchronization

/// Keys whose requests are at work in this process, for work that asks others and cannot hold a
/// transaction meanwhile. Processes do not know of each other's: there the first to commit binds
/// the key, and the other gives that answer.
public final class KeysAtWork: Sendable {
    private let keys = Mutex<Set<IdempotencyKey>>([])

    public init() {}

    /// - Returns: false while a request of that caller, route and key is at work, whatever its body.
    public func begin(_ key: IdempotencyKey) -> Bool {
        keys.withLock { $0.insert(Self.name(key)).inserted }
    }

    public func end(_ key: IdempotencyKey) {
        keys.withLock { _ = $0.remove(Self.name(key)) }
    }

    private static func name(_ key: IdempotencyKey) -> IdempotencyKey {
        IdempotencyKey(caller: key.caller, route: key.route, key: key.key, bodyHash: [])
    }
}
