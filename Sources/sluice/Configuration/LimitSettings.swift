/// Token buckets: how many requests each may make.
struct LimitSettings: Sendable {
    /// `count` requests in `seconds`, refilled evenly.
    struct Allowance: Equatable, Sendable {
        let count: Int
        let seconds: Int
    }

    /// Per client address (IPv6: per /64).
    let challenge: Allowance
    /// Per client address (IPv6: per /64).
    let verify: Allowance
    /// Per session.
    let refresh: Allowance
    /// Everything else, per customer or client address.
    let standard: Allowance
    /// Challenges that wait for a signature, per client address.
    let liveChallenges: Int

    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader) {
        let before = reader.problems.count
        challenge = Self.allowance(.limitChallenge, "30/60", &reader)
        verify = Self.allowance(.limitVerify, "30/60", &reader)
        refresh = Self.allowance(.limitRefresh, "60/60", &reader)
        standard = Self.allowance(.limitDefault, "600/60", &reader)
        liveChallenges = reader.integer(.limitLiveChallenges, in: 1...1_000_000_000, default: 100)
        guard reader.problems.count == before else { return nil }
    }

    private static func allowance(
        _ variable: ConfigurationVariable, _ standard: String, _ reader: inout ConfigurationReader
    ) -> Allowance {
        let text = reader.text(variable, default: standard)
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), let seconds = Int(parts[1]),
            (1...1_000_000_000).contains(count), (1...86_400).contains(seconds)
        else {
            reader.refuse(variable, "'\(text)' is not count/seconds, as in \(standard)")
            return Allowance(count: 1, seconds: 1)
        }
        return Allowance(count: count, seconds: seconds)
    }
}
