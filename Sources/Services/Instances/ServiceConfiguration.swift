/// What a customer chose of a service. Counts are totals, with what is included.
public struct ServiceConfiguration: Hashable, Sendable {
    public var tier: ServiceTier
    public var hasBurst: Bool
    public var sealKeys: Int64
    public var packagesPerKey: Int64
    /// Slots for API keys.
    public var apiKeys: Int64

    public init(
        tier: ServiceTier, hasBurst: Bool, sealKeys: Int64, packagesPerKey: Int64, apiKeys: Int64
    ) {
        self.tier = tier
        self.hasBurst = hasBurst
        self.sealKeys = sealKeys
        self.packagesPerKey = packagesPerKey
        self.apiKeys = apiKeys
    }
}
