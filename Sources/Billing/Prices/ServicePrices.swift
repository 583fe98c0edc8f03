public import Services

/// A service in the catalogue.
public struct ServicePrices: Hashable, Sendable {
    public enum Availability: String, CaseIterable, Sendable {
        case available
        case comingSoon = "coming_soon"
    }

    public let type: ServiceType
    public let title: String
    public let availability: Availability
    /// Nil while it is to come.
    public let options: ServiceOptions?
    /// Each at most once; empty while the service is to come.
    public let tiers: [TierPrices]

    /// - Throws: when the tier is not in the list, or has no terms of its own.
    public func terms(of tier: ServiceTier) throws(ConfigurationRefusal) -> TierTerms {
        guard let prices = tiers.first(where: { $0.tier == tier }) else { throw .tierNotSold(tier) }
        guard let terms = prices.terms else { throw .tierByAgreement(tier) }
        return terms
    }

    /// The parts of a configuration's monthly fee; those that cost nothing are left out, but
    /// never the tier.
    public func items(
        of configuration: ServiceConfiguration
    ) throws(ConfigurationRefusal) -> [FeeItem] {
        guard availability == .available, let options else { throw .serviceNotSold(type) }
        let terms = try terms(of: configuration.tier)
        var items = [FeeItem(kind: .tier, quantity: 1, unit: terms.monthly)]
        if configuration.hasBurst {
            guard let burst = terms.burst else { throw .burstNotSold(configuration.tier) }
            items.append(FeeItem(kind: .burst, quantity: 1, unit: burst.monthly))
        }
        let keys = configuration.sealKeys
        let paidKeys = try options.sealKeys.paid(keys, .sealKeys)
        items.append(FeeItem(kind: .sealKeys, quantity: paidKeys, unit: options.sealKeys.monthly))
        let packages = options.packagesPerKey
        let paidPackages = try packages.paid(configuration.packagesPerKey, .packagesPerKey) * keys
        items.append(
            FeeItem(kind: .packagesPerKey, quantity: paidPackages, unit: packages.monthly))
        let paidSlots = try options.apiKeys.paid(configuration.apiKeys, .apiKeys)
        items.append(FeeItem(kind: .apiKeys, quantity: paidSlots, unit: options.apiKeys.monthly))
        return items.filter { $0.kind == .tier || $0.quantity > 0 }
    }
}
