/// The `RateLimit-Policy` and `RateLimit` fields: quota `q` and window `w` in seconds; remaining
/// `r` and `t` seconds until the quota is whole again.
/// Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
struct RateLimitFields: Sendable {
    private let policies: [(policy: (String, String), start: String)]

    init(_ limit: (LimitPolicy) -> RateLimit) {
        policies = LimitPolicy.allCases.map { policy in
            let limit = limit(policy)
            let value = "\"\(policy.rawValue)\";q=\(limit.count);w=\(limit.seconds)"
            return (("RateLimit-Policy", value), "\"\(policy.rawValue)\";r=")
        }
    }

    /// Appends both; on every answer of a limited call, so it must stay cheap.
    func append(
        _ decision: LimitDecision, of policy: LimitPolicy, to headers: inout [(String, String)]
    ) {
        let known = policies[policy.index]
        headers.append(known.policy)
        var value = known.start
        value.append(String(decision.remaining))
        value.append(";t=")
        value.append(String(decision.resetSeconds))
        headers.append(("RateLimit", value))
    }
}

extension LimitPolicy {
    /// The place in `allCases`.
    var index: Int {
        switch self {
        case .challenge: 0
        case .verify: 1
        case .refresh: 2
        case .standard: 3
        }
    }
}
