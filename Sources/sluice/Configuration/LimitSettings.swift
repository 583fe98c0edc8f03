import Gateway

/// How much each caller may ask for.
struct LimitSettings: Sendable {
    let rates: RateLimits
    /// Challenges that wait for a signature, per client address.
    let liveChallenges: Int

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        var rates = RateLimits()
        Self.read(&rates.challenge, .limitChallenge, &reader)
        Self.read(&rates.verify, .limitVerify, &reader)
        Self.read(&rates.refresh, .limitRefresh, &reader)
        Self.read(&rates.service, .limitService, &reader)
        Self.read(&rates.standard, .limitDefault, &reader)
        self.rates = rates
        liveChallenges = reader.integer(.limitLiveChallenges, in: 1...1_000_000_000, default: 100)
        guard reader.problems.count == before else { return nil }
    }

    /// - Parameter limit: holds the default and, afterwards, what is configured.
    private static func read(
        _ limit: inout RateLimit, _ variable: ConfigurationVariable,
        _ reader: inout ConfigurationReader
    ) {
        let standard = "\(limit.count)/\(limit.seconds)"
        let text = reader.text(variable, default: standard)
        if let given = RateLimit(text) {
            limit = given
        } else {
            reader.refuse(variable, "'\(text)' is not requests/seconds, as in \(standard)")
        }
    }
}
