import Determinism

/// The arithmetic of one bucket at one moment, in nanoseconds.
struct Bucket {
    let limit: RateLimit
    let now: Int64

    init(_ limit: RateLimit, at moment: Timestamp) {
        self.limit = limit
        now = Self.nanoseconds(moment)
    }

    static func nanoseconds(_ moment: Timestamp) -> Int64 { moment.milliseconds &* 1_000_000 }

    private var window: Int64 { limit.seconds * 1_000_000_000 }
    private var cost: Int64 { max(1, window / limit.count) }

    /// - Parameter fullAt: when the bucket will be full again; nil for one that is.
    /// - Returns: also the new such moment, which stays when nothing was left to take.
    func taking(from fullAt: Int64?) -> (answer: LimitDecision, fullAt: Int64) {
        // Never further ahead than a whole window: a clock set back must not lock anybody out.
        let before = min(max(fullAt ?? now, now), now + window)
        let after = before + cost
        guard after <= now + window else {
            return (decision(isAllowed: false, fullAt: before, wait: after - window - now), before)
        }
        return (decision(isAllowed: true, fullAt: after, wait: 0), after)
    }

    private func decision(isAllowed: Bool, fullAt: Int64, wait: Int64) -> LimitDecision {
        LimitDecision(
            isAllowed: isAllowed, remaining: (now + window - fullAt) / cost,
            resetSeconds: Self.seconds(fullAt - now), retrySeconds: Self.seconds(wait))
    }

    private static func seconds(_ nanoseconds: Int64) -> Int64 {
        (nanoseconds + 999_999_999) / 1_000_000_000
    }
}

/// What a bucket said to one request.
struct LimitDecision: Equatable, Sendable {
    var isAllowed: Bool
    /// Requests that could follow at once.
    var remaining: Int64
    /// Until the bucket is full again.
    var resetSeconds: Int64
    /// Until one request is possible; zero when one was.
    var retrySeconds: Int64
}
