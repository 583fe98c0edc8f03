import HTTPTransport

/// Whose bucket. The policy belongs to it: nobody pays for one call with another's bucket.
struct LimitKey: Hashable, Sendable {
    enum Owner: Hashable, Sendable {
        /// An IPv4 address, or the /64 of an IPv6 address, which one subscriber has whole.
        case network(IPNetwork)
        case customer(Int64)
        /// A refresh token's fingerprint.
        case session(String)
        /// The id of a service's key.
        case service(String)
        /// No peer address: only in tests.
        case unknown
    }

    var policy: LimitPolicy
    var owner: Owner

    init(_ policy: LimitPolicy, _ owner: Owner) {
        self.policy = policy
        self.owner = owner
    }

    init(_ policy: LimitPolicy, network: IPNetwork?) {
        self.init(policy, network.map { .network($0) } ?? .unknown)
    }
}

extension IPAddress {
    /// Source for the /64: RFC 6177 and RFC 4291, section 2.5.1.
    var subscriberNetwork: IPNetwork { network(prefix: family == .v4 ? 32 : 64) }
}
