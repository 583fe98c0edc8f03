import HTTPTransport

/// The `RateLimit-Policy` and `RateLimit` fields: quota `q` and window `w` in seconds; remaining
/// `r` and `t` seconds until the quota is whole again.
/// Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.
struct RateLimitFields: Sendable {
    private let policies: [(policy: HTTPFields, start: [UInt8])]

    init(_ limit: (LimitPolicy) -> RateLimit) {
        policies = LimitPolicy.allCases.map { policy in
            let limit = limit(policy)
            let value = "\"\(policy.rawValue)\";q=\(limit.count);w=\(limit.seconds)"
            return ([("RateLimit-Policy", value)], Array("\"\(policy.rawValue)\";r=".utf8))
        }
    }

    /// Appends both; on every answer of a limited call, so it must stay cheap.
    func append(
        _ decision: LimitDecision, of policy: LimitPolicy, to headers: inout HTTPFields
    ) {
        let known = policies[policy.index]
        headers.append(known.policy)
        headers.append("RateLimit") { value in
            value.append(contentsOf: known.start)
            value.append(text: String(decision.remaining))
            value.append(text: ";t=")
            value.append(text: String(decision.resetSeconds))
        }
    }
}

extension LimitPolicy {
    /// The place in `allCases`.
    var index: Int {
        switch self {
        case .challenge: 0
        case .verify: 1
        case .refresh: 2
        case .service: 3
        case .standard: 4
        }
    }
}
