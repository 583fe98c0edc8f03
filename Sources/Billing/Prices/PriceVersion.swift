public import Determinism
public import Identifiers
public import Services

/// All prices from one midnight in UTC until the next version's.
public struct PriceVersion: Hashable, Sendable {
    public let number: Int64
    public let effectiveFrom: Timestamp
    /// Accrued use of so much is charged without waiting for the month's end.
    public let chargeThreshold: MicroUSDC
    /// Each at most once.
    public let services: [ServicePrices]

    public func prices(of service: ServiceType) throws(ConfigurationRefusal) -> ServicePrices {
        guard let prices = services.first(where: { $0.type == service }) else {
            throw .serviceNotSold(service)
        }
        return prices
    }

    /// What a whole month of a configuration costs.
    public func monthlyFee(
        of configuration: ServiceConfiguration, for service: ServiceType
    ) throws(ConfigurationRefusal) -> MicroUSDC {
        let items = try prices(of: service).items(of: configuration)
        return MicroUSDC(items.reduce(Int64(0)) { $0 + $1.monthly.units })
    }

    func terms(of tier: ServiceTier, for service: ServiceType) throws(RatingError) -> TierTerms {
        guard let prices = try? prices(of: service), let terms = try? prices.terms(of: tier) else {
            throw .notPriced(service, tier, version: number)
        }
        return terms
    }
}
