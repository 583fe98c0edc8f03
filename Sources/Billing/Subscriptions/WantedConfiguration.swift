public import Services

/// What a customer asks for: nil is as many as are included.
public struct WantedConfiguration: Hashable, Sendable {
    public var tier: ServiceTier
    public var hasBurst: Bool
    public var sealKeys: Int64?
    public var packagesPerKey: Int64?
    public var apiKeys: Int64?

    public init(
        tier: ServiceTier, hasBurst: Bool = false, sealKeys: Int64? = nil,
        packagesPerKey: Int64? = nil, apiKeys: Int64? = nil
    ) {
        self.tier = tier
        self.hasBurst = hasBurst
        self.sealKeys = sealKeys
        self.packagesPerKey = packagesPerKey
        self.apiKeys = apiKeys
    }

    /// - Throws: when the service cannot be had at all.
    func filled(
        for service: ServiceType, by version: PriceVersion
    ) throws(SubscriptionRefusal) -> ServiceConfiguration {
        let prices: ServicePrices
        do { prices = try version.prices(of: service) } catch { throw .configuration(error) }
        guard let options = prices.options else { throw .configuration(.serviceNotSold(service)) }
        return ServiceConfiguration(
            tier: tier, hasBurst: hasBurst, sealKeys: sealKeys ?? options.sealKeys.included,
            packagesPerKey: packagesPerKey ?? options.packagesPerKey.included,
            apiKeys: apiKeys ?? options.apiKeys.included)
    }
}
