public import Determinism
public import Services

/// What some customers have, or will have, of a service.
public struct TariffUse: Hashable, Sendable {
    public let service: ServiceType
    public let tier: ServiceTier
    public let hasBurst: Bool
    /// When it takes the place of something else; nil for what is there now.
    public let from: Timestamp?
    /// When something else takes its place; nil while nothing is scheduled.
    public let until: Timestamp?
    public let customers: Int64

    public init(
        _ service: ServiceType, _ tier: ServiceTier, hasBurst: Bool, from: Timestamp? = nil,
        until: Timestamp? = nil, customers: Int64
    ) {
        self.service = service
        self.tier = tier
        self.hasBurst = hasBurst
        self.from = from
        self.until = until
        self.customers = customers
    }

    /// Whether customers have it at some time from `start` on and before `end`; nil is no end.
    fileprivate func isHeld(from start: Timestamp, before end: Timestamp?) -> Bool {
        if let until, until <= start { return false }
        guard let from, let end else { return true }
        return from < end
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
        guard let (version, use) = firstGap(in: uses, at: now) else { return }
        throw .tariffInUse(
            version: version.number, use.service, use.tier, hasBurst: use.hasBurst,
            customers: use.customers)
    }

    /// Whether what a customer chooses will be sold for as long as it is had: such a book would not
    /// have been taken either.
    ///
    /// - Throws: ``ConfigurationRefusal/soldUntil(_:_:isBurst:)``.
    func checkGoesOnSelling(
        _ configuration: ServiceConfiguration, for service: ServiceType, from: Month? = nil,
        until: Month? = nil, at now: Timestamp
    ) throws(ConfigurationRefusal) {
        func use(hasBurst: Bool) -> TariffUse {
            TariffUse(
                service, configuration.tier, hasBurst: hasBurst, from: from?.start,
                until: until?.start, customers: 1)
        }
        guard let gap = firstGap(in: [use(hasBurst: configuration.hasBurst)], at: now) else {
            return
        }
        let isBurst = configuration.hasBurst && use(hasBurst: false).isSold(by: gap.version)
        throw .soldUntil(gap.version.effectiveFrom, configuration.tier, isBurst: isBurst)
    }

    /// The first version that is still to begin and does not sell what is had while it holds.
    private func firstGap(
        in uses: [TariffUse], at now: Timestamp
    ) -> (version: PriceVersion, use: TariffUse)? {
        for (index, version) in versions.enumerated() where version.effectiveFrom > now {
            let end = versions.dropFirst(index + 1).first?.effectiveFrom
            let gap = uses.first { use in
                use.isHeld(from: version.effectiveFrom, before: end) && !use.isSold(by: version)
            }
            if let gap { return (version, gap) }
        }
        return nil
    }
}
