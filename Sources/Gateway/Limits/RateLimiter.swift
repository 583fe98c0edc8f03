import Determinism
import Synchronization

/// Token buckets for all callers in bounded memory.
///
/// A bucket is one number: the moment at which it will be full again (the "theoretical arrival
/// time" of the generic cell rate algorithm, ITU-T I.371, appendix I). A bucket that is full is
/// the same as one that was never there, so most leave without anybody noticing.
///
/// When a shard is full of unfinished buckets, the quarter that would be full soonest is dropped:
/// those who asked least. To push one's own spent bucket out one must fill the shard with buckets
/// spent even more, from as many addresses: dearer than just using those addresses.
final class RateLimiter: Sendable {
    private final class Shard: Sendable {
        let fullAt = Mutex<[LimitKey: Int64]>([:])
    }

    private let limits: RateLimits
    private let capacityPerShard: Int
    private let shards: [Shard]
    private let now: @Sendable () -> Timestamp

    /// - Parameter capacity: buckets in all; about 100 bytes each.
    init(limits: RateLimits, capacity: Int = 1 << 17, surroundings: Surroundings) {
        let shardCount = 16
        self.limits = limits
        capacityPerShard = max(4, capacity / shardCount)
        shards = (0..<shardCount).map { _ in Shard() }
        now = surroundings.now
    }

    func limit(of policy: LimitPolicy) -> RateLimit {
        switch policy {
        case .challenge: limits.challenge
        case .verify: limits.verify
        case .refresh: limits.refresh
        case .service: limits.service
        case .standard: limits.standard
        }
    }

    /// Takes one request out of the bucket, when there is one left.
    func take(_ key: LimitKey) -> LimitDecision {
        let bucket = Bucket(limit(of: key.policy), at: now())
        return shard(of: key).fullAt.withLock { buckets in
            let decision = bucket.taking(from: buckets[key])
            if buckets.count >= capacityPerShard, buckets[key] == nil {
                makeRoom(in: &buckets, at: bucket.now)
            }
            buckets[key] = decision.fullAt
            return decision.answer
        }
    }

    /// How the bucket stands, without taking anything.
    func look(at key: LimitKey) -> LimitDecision {
        let bucket = Bucket(limit(of: key.policy), at: now())
        let fullAt = shard(of: key).fullAt.withLock { $0[key] }
        return bucket.taking(from: fullAt).answer
    }

    /// A refresh token's successor goes on with what its predecessor has spent, so that a session
    /// has one bucket although its name changes with each use.
    func carryOver(from old: LimitKey, to new: LimitKey) {
        guard let spent = shard(of: old).fullAt.withLock({ $0[old] }) else { return }
        let moment = Bucket.nanoseconds(now())
        shard(of: new).fullAt.withLock { buckets in
            if buckets.count >= capacityPerShard { makeRoom(in: &buckets, at: moment) }
            buckets[new] = max(spent, buckets[new] ?? spent)
        }
    }

    var bucketCount: Int { shards.reduce(0) { $0 + $1.fullAt.withLock { $0.count } } }

    private func shard(of key: LimitKey) -> Shard {
        shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
    }

    private func makeRoom(in buckets: inout [LimitKey: Int64], at now: Int64) {
        buckets = buckets.filter { $0.value > now }
        let surplus = buckets.count - capacityPerShard * 3 / 4
        guard surplus > 0 else { return }
        for (key, _) in buckets.sorted(by: { $0.value < $1.value }).prefix(surplus) {
            buckets[key] = nil
        }
    }
}
