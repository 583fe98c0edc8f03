import Determinism
import Synchronization

/// Tokens whose signature was found good, by the SHA-256 of their text, so that a busy client's
/// token is verified once and not a thousand times a second.
///
/// Bounded: a full shard forgets everything, which costs one verification a token and lets no
/// client keep another's token out for long.
final class VerifiedTokens: Sendable {
    /// The hash's bytes as four words: a cheap key that no client can make collide.
    struct Key: Hashable, Sendable {
        private var words: (UInt64, UInt64, UInt64, UInt64)

        init(hash: [UInt8]) {
            words = hash.withUnsafeBytes { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                )
            }
        }

        static func == (left: Key, right: Key) -> Bool { left.words == right.words }

        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

        var shard: Int { Int(words.1 & 7) }
    }

    private struct Shard {
        var generation: UInt64 = 0
        var claims: [Key: AccessClaims] = [:]
    }

    /// About 300 bytes an entry: 8 shards of 4,096 stay below 10 MB.
    private static let shardCapacity = 4096

    private final class Box: Sendable {
        let state = Mutex(Shard())
    }

    private let shards = (0..<8).map { _ in Box() }

    func claims(for key: Key, generation: UInt64) -> AccessClaims? {
        shards[key.shard].state.withLock { shard in
            shard.generation == generation ? shard.claims[key] : nil
        }
    }

    func remember(_ claims: AccessClaims, for key: Key, generation: UInt64) {
        shards[key.shard].state.withLock { shard in
            if shard.generation != generation || shard.claims.count >= Self.shardCapacity {
                shard.claims.removeAll(keepingCapacity: true)
                shard.generation = generation
            }
            shard.claims[key] = claims
        }
    }
}
