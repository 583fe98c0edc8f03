import Billing
import ByteCodecs
import Identifiers
import Services

extension JSONValue {
    init(catalogue version: PriceVersion) {
        self = [
            "priceVersion": .integer(version.number),
            "effectiveFrom": .time(version.effectiveFrom),
            "services": .array(version.services.map { JSONValue($0) }),
        ]
    }

    private init(_ service: ServicePrices) {
        self = [
            "type": .string(service.type.rawValue), "title": .string(service.title),
            "availability": .string(service.availability.rawValue),
            "options": service.options.map { JSONValue($0) } ?? .null,
            "tiers": .array(service.tiers.map { JSONValue($0) }),
        ]
    }

    private init(_ options: ServiceOptions) {
        self = [
            "sealKeys": JSONValue(options.sealKeys),
            "packagesPerKey": JSONValue(options.packagesPerKey),
            "apiKeys": JSONValue(options.apiKeys),
        ]
    }

    private init(_ option: OptionPrice) {
        self = [
            "included": .integer(option.included), "maximum": .integer(option.maximum),
            "monthlyMicroUsdc": .amount(option.monthly),
        ]
    }

    private init(_ tier: TierPrices) {
        self = [
            "tier": .string(tier.tier.rawValue), "title": .string(tier.title),
            "terms": tier.terms.map { JSONValue($0) } ?? .null,
        ]
    }

    private init(_ terms: TierTerms) {
        self = [
            "monthlyMicroUsdc": .amount(terms.monthly),
            "includedRequests": .integer(terms.includedRequests),
            "requestPrice": [
                "amountMicroUsdc": .amount(terms.requestPrice.amount),
                "perRequests": .integer(terms.requestPrice.count),
            ],
            "requestsPerSecond": .integer(terms.requestsPerSecond),
            "burst": terms.burst.map { burst in
                [
                    "monthlyMicroUsdc": .amount(burst.monthly),
                    "requestsPerSecond": .integer(burst.requestsPerSecond),
                ]
            } ?? .null,
        ]
    }
}
