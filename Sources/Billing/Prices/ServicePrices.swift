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

    /// Whether a configuration can be chosen.
    public func check(_ configuration: ServiceConfiguration) throws(ConfigurationRefusal) {
        let (options, _) = try sold(configuration.tier, hasBurst: configuration.hasBurst)
        try options.sealKeys.check(configuration.sealKeys, .sealKeys)
        try options.packagesPerKey.check(configuration.packagesPerKey, .packagesPerKey)
        try options.apiKeys.check(configuration.apiKeys, .apiKeys)
    }

    /// Whether such a tier is sold, with burst or without, and by which prices.
    func sold(
        _ tier: ServiceTier, hasBurst: Bool
    ) throws(ConfigurationRefusal) -> (options: ServiceOptions, terms: TierTerms) {
        guard availability == .available, let options else { throw .serviceNotSold(type) }
        let terms = try terms(of: tier)
        if hasBurst, terms.burst == nil { throw .burstNotSold(tier) }
        return (options, terms)
    }

    /// The parts of the monthly fee of a configuration that could be chosen, now or by an earlier
    /// version; those that cost nothing are left out, but never the tier.
    public func items(
        of configuration: ServiceConfiguration
    ) throws(ConfigurationRefusal) -> [FeeItem] {
        let (options, terms) = try sold(configuration.tier, hasBurst: configuration.hasBurst)
        var items = [FeeItem(kind: .tier, quantity: 1, unit: terms.monthly)]
        if configuration.hasBurst, let burst = terms.burst {
            items.append(FeeItem(kind: .burst, quantity: 1, unit: burst.monthly))
        }
        let keys = configuration.sealKeys
        let paidKeys = options.sealKeys.paid(keys)
        items.append(FeeItem(kind: .sealKeys, quantity: paidKeys, unit: options.sealKeys.monthly))
        let packages = options.packagesPerKey
        let paidPackages = packages.paid(configuration.packagesPerKey) * keys
        items.append(
            FeeItem(kind: .packagesPerKey, quantity: paidPackages, unit: packages.monthly))
        let paidSlots = options.apiKeys.paid(configuration.apiKeys)
        items.append(FeeItem(kind: .apiKeys, quantity: paidSlots, unit: options.apiKeys.monthly))
        return items.filter { $0.kind == .tier || $0.quantity > 0 }
    }
}
