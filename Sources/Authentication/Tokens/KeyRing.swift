import ByteCodecs
import Determinism
import Synchronization

/// The token keys this process knows, swapped whole when the database has others.
final class KeyRing: Sendable {
    private struct State {
        var keys: [SigningKey] = []
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())

    var keys: [SigningKey] { state.withLock { $0.keys } }

    /// Counts the changes; what was verified under an older ring is verified again.
    var generation: UInt64 { state.withLock { $0.generation } }

    func replace(with keys: [SigningKey]) {
        state.withLock { state in
            guard
                keys.map(\.id) != state.keys.map(\.id)
                    || keys.map(\.verifiesUntil) != state.keys.map(\.verifiesUntil)
            else { return }
            state.keys = keys
            state.generation += 1
        }
    }

    /// The youngest key whose time to sign has come and to verify has not gone.
    func signer(at now: Timestamp) -> SigningKey? {
        state.withLock { state in
            state.keys.filter { key in
                key.signsFrom <= now && key.verifiesUntil.map { now < $0 } ?? true
            }.max { $0.signsFrom < $1.signsFrom }
        }
    }

    /// The key of that id, while it may still verify.
    func verifier(id: String, at now: Timestamp) -> SigningKey? {
        state.withLock { state in
            state.keys.first { key in
                key.id == id && key.verifiesUntil.map { now < $0 } ?? true
            }
        }
    }

    /// RFC 7517 set of all public keys that sign, have signed or are about to.
    func publicSet(at now: Timestamp) -> JSONValue {
        let keys = state.withLock { state in
            state.keys.filter { key in key.verifiesUntil.map { now < $0 } ?? true }
        }
        return ["keys": .array(keys.compactMap(\.publicJWK))]
    }
}
