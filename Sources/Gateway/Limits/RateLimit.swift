/// So many requests in so many seconds, as `SLUICE_LIMIT_<NAME>=count/seconds` says.
public struct RateLimit: Equatable, Sendable {
    /// What either number may be: with these, moments in nanoseconds stay far from overflowing.
    public static let bounds: ClosedRange<Int64> = 1...1_000_000_000

    public let count: Int64
    public let seconds: Int64

    /// Nil unless both are within ``bounds``.
    public init?(count: Int64, seconds: Int64) {
        let bounds = Self.bounds
        guard bounds.contains(count), bounds.contains(seconds) else { return nil }
        self.count = count
        self.seconds = seconds
    }

    /// Reads `30/60`: two numbers within ``bounds``, in digits only; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int64(parts[0]), let seconds = Int64(parts[1]),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        self.init(count: count, seconds: seconds)
    }

    private init(fixed count: Int64, per seconds: Int64) {
        self.count = count
        self.seconds = seconds
    }

    /// The default of challenge and verify, for an address.
    public static let signIn = RateLimit(fixed: 30, per: 60)
    /// The default of refresh, for a session.
    public static let refresh = RateLimit(fixed: 60, per: 60)
    /// The default of a service's key: the operator's own worker, which charges everybody.
    public static let service = RateLimit(fixed: 60_000, per: 60)
    /// The default of everything else, for a customer or an address.
    public static let standard = RateLimit(fixed: 600, per: 60)
}

/// The limits of one gateway; each instance counts for itself.
public struct RateLimits: Equatable, Sendable {
    public var challenge = RateLimit.signIn
    public var verify = RateLimit.signIn
    public var refresh = RateLimit.refresh
    public var service = RateLimit.service
    public var standard = RateLimit.standard

    public init() {}
}
