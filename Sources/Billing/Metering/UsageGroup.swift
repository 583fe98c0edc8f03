public import Services

/// What is counted together for a price: included requests and rounding run over a group.
///
/// A version that begins, or a tier taken, within a month starts a group of its own there, with
/// the whole month's included requests.
public struct UsageGroup: Hashable, Comparable, Sendable {
    public let month: Month
    public let service: ServiceType
    public let tier: ServiceTier
    /// ``PriceVersion/number``.
    public let priceVersion: Int64

    public init(month: Month, service: ServiceType, tier: ServiceTier, priceVersion: Int64) {
        self.month = month
        self.service = service
        self.tier = tier
        self.priceVersion = priceVersion
    }

    public static func < (left: UsageGroup, right: UsageGroup) -> Bool {
        (left.month, left.service, left.tier, left.priceVersion)
            < (right.month, right.service, right.tier, right.priceVersion)
    }
}
