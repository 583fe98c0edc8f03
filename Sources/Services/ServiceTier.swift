/// How much of a service a customer has; raw values stand in the database, the price book and
/// HAProxy's map.
public enum ServiceTier: String, Sendable, Hashable, CaseIterable, Comparable {
    case starter, pro, enterprise

    /// Requests a second that prices may promise and HAProxy be told to let through.
    public static let highestRate = 1_000_000

    public static func < (left: ServiceTier, right: ServiceTier) -> Bool {
        left.rawValue < right.rawValue
    }
}
