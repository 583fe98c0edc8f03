import ByteCodecs
import Determinism
import Identifiers
import Services

/// Reads the text of a price book; every member must be known, and every rule kept.
struct PriceBookReader {
    private static let counts: ClosedRange<Int64> = 0...1_000_000_000_000
    private static let highestRate = Int64(ServiceTier.highestRate)

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func versions() throws(PriceBookError) -> [PriceVersion] {
        let places = PricePlaces(bytes)
        let root: JSONValue
        do { root = try JSONValue.parse(bytes) } catch {
            throw PriceBookError(
                reason: .notJSON(error.reason), place: "", line: places.line(at: error.offset))
        }
        do { return try versions(in: root) } catch {
            throw PriceBookError(
                reason: error.reason, place: error.place, line: places.line(of: error.place))
        }
    }

    private func versions(in root: JSONValue) throws(PriceFault) -> [PriceVersion] {
        var fields = try PriceFields(root, at: "")
        var versions: [PriceVersion] = []
        for version in try fields.objects("versions") {
            let next = try self.version(version)
            if let last = versions.last {
                guard next.number > last.number, next.effectiveFrom > last.effectiveFrom else {
                    throw PriceFault(.overlapping, at: version.place)
                }
            }
            versions.append(next)
        }
        guard !versions.isEmpty else { throw PriceFault(.empty, at: fields.path("versions")) }
        try fields.finish()
        return versions
    }

    private func version(_ fields: PriceFields) throws(PriceFault) -> PriceVersion {
        var fields = fields
        let number = try fields.count("version", 1...1_000_000)
        let start = try fields.date("effectiveFrom")
        let threshold = try fields.amount("chargeThresholdMicroUsdc")
        guard threshold > .zero else {
            throw PriceFault(.notAnAmount(.zero), at: fields.path("chargeThresholdMicroUsdc"))
        }
        var services: [ServicePrices] = []
        for service in try fields.objects("services") {
            let next = try self.service(service)
            guard !services.contains(where: { $0.type == next.type }) else {
                throw PriceFault(.repeated(next.type.rawValue), at: service.place)
            }
            services.append(next)
        }
        guard !services.isEmpty else { throw PriceFault(.empty, at: fields.path("services")) }
        try fields.finish()
        return PriceVersion(
            number: number, effectiveFrom: start, chargeThreshold: threshold, services: services)
    }

    private func service(_ fields: PriceFields) throws(PriceFault) -> ServicePrices {
        var fields = fields
        let type: ServiceType = try fields.word("type")
        let title = try fields.text("title")
        let availability: ServicePrices.Availability = try fields.word("availability")
        var options: ServiceOptions?
        var tiers: [TierPrices] = []
        if availability == .available {
            options = try self.options(fields.object("options"))
            for tier in try fields.objects("tiers") {
                let next = try self.tier(tier)
                guard !tiers.contains(where: { $0.tier == next.tier }) else {
                    throw PriceFault(.repeated(next.tier.rawValue), at: tier.place)
                }
                tiers.append(next)
            }
            guard tiers.contains(where: { $0.terms != nil }) else {
                throw PriceFault(.empty, at: fields.path("tiers"))
            }
        }
        try fields.finish()
        return ServicePrices(
            type: type, title: title, availability: availability, options: options, tiers: tiers)
    }

    private func options(_ fields: PriceFields) throws(PriceFault) -> ServiceOptions {
        var fields = fields
        let options = ServiceOptions(
            sealKeys: try option(fields.object("sealKeys")),
            packagesPerKey: try option(fields.object("packagesPerKey")),
            apiKeys: try option(fields.object("apiKeys")))
        try fields.finish()
        return options
    }

    private func option(_ fields: PriceFields) throws(PriceFault) -> OptionPrice {
        var fields = fields
        let included = try fields.count("included", 0...PriceBook.optionLimit)
        let maximum = try fields.count("maximum", included...PriceBook.optionLimit)
        let monthly = try fields.amount("monthlyMicroUsdc")
        try fields.finish()
        return OptionPrice(included: included, maximum: maximum, monthly: monthly)
    }

    private func tier(_ fields: PriceFields) throws(PriceFault) -> TierPrices {
        var fields = fields
        let tier: ServiceTier = try fields.word("tier")
        let title = try fields.text("title")
        let terms = try fields.optionalObject("terms")
        try fields.finish()
        return TierPrices(tier: tier, title: title, terms: try terms.map(self.terms))
    }

    private func terms(_ fields: PriceFields) throws(PriceFault) -> TierTerms {
        var fields = fields
        let monthly = try fields.amount("monthlyMicroUsdc")
        let included = try fields.count("includedRequests", Self.counts)
        let price = try unitPrice(fields.object("requestPrice"))
        let rate = try fields.count("requestsPerSecond", 1...Self.highestRate)
        let burst = try fields.optionalObject("burst")
        try fields.finish()
        return TierTerms(
            monthly: monthly, includedRequests: included, requestPrice: price,
            requestsPerSecond: rate,
            burst: try burst.map { fields throws(PriceFault) in
                try self.burst(fields, above: rate)
            })
    }

    private func unitPrice(_ fields: PriceFields) throws(PriceFault) -> UnitPrice {
        var fields = fields
        let amount = try fields.amount("amountMicroUsdc")
        let count = try fields.count("perRequests", 1...Self.counts.upperBound)
        try fields.finish()
        guard let price = UnitPrice(amount, per: count) else {
            throw PriceFault(.notAnAmount(.zero), at: fields.place)
        }
        return price
    }

    private func burst(
        _ fields: PriceFields, above rate: Int64
    ) throws(PriceFault) -> TierTerms.Burst {
        var fields = fields
        let monthly = try fields.amount("monthlyMicroUsdc")
        let burst = try fields.count("requestsPerSecond", 1...Self.highestRate)
        guard burst > rate else {
            throw PriceFault(
                .outOfRange(minimum: rate + 1, maximum: Self.highestRate),
                at: fields.path("requestsPerSecond"))
        }
        try fields.finish()
        return TierTerms.Burst(monthly: monthly, requestsPerSecond: burst)
    }
}
