public import Services

/// Requests a second that each tier of a service allows, with and without bursts.
public struct VaultRates: Hashable, Sendable, CustomStringConvertible {
    public struct Tariff: Hashable, Sendable {
        let service: ServiceType
        let tier: ServiceTier
        let hasBurst: Bool

        public init(_ service: ServiceType, _ tier: ServiceTier, hasBurst: Bool) {
            (self.service, self.tier, self.hasBurst) = (service, tier, hasBurst)
        }
    }

    private let rates: [Tariff: Int]

    public init(_ rates: [Tariff: Int]) { self.rates = rates }

    subscript(tariff: Tariff) -> Int? { rates[tariff] }

    /// The same for the same rates: tells whether all keys have to be written anew.
    public var description: String {
        rates.map { tariff, rate in
            "\(tariff.service.rawValue)/\(tariff.tier.rawValue)\(tariff.hasBurst ? "+" : "")=\(rate)"
        }.sorted().joined(separator: " ")
    }
}
