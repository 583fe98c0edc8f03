public import Determinism
public import Services

/// What some customers have, or will have, of a service.
public struct TariffUse: Hashable, Sendable {
    public let service: ServiceType
    public let tier: ServiceTier
    public let hasBurst: Bool
    /// When something else takes its place; nil while nothing is scheduled.
    public let until: Timestamp?
    public let customers: Int64

    public init(
        _ service: ServiceType, _ tier: ServiceTier, hasBurst: Bool, until: Timestamp? = nil,
        customers: Int64
    ) {
        self.service = service
        self.tier = tier
        self.hasBurst = hasBurst
        self.until = until
        self.customers = customers
    }

    func isSold(by version: PriceVersion) -> Bool {
        (try? version.prices(of: service).sold(tier, hasBurst: hasBurst)) != nil
    }
}

extension PriceBook {
    /// Whether versions that are still to begin go on selling what customers have.
    ///
    /// - Throws: ``PriceBookSuccession/tariffInUse(version:_:_:hasBurst:customers:)``, the first one.
    public func checkSells(
        _ uses: [TariffUse], at now: Timestamp
    ) throws(PriceBookSuccession) {
        for version in versions where version.effectiveFrom > now {
            for use in uses where !use.isSold(by: version) {
                if let until = use.until, until <= version.effectiveFrom { continue }
                throw .tariffInUse(
                    version: version.number, use.service, use.tier, hasBurst: use.hasBurst,
                    customers: use.customers)
            }
        }
    }
}
