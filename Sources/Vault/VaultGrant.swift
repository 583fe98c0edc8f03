public import Identifiers
public import Services

/// What a key gives: the value of its line in `api_keys.map`, as `customer;tier;rate;service`.
///
/// Nothing but numbers and words of enumerations, so that no value can say more to HAProxy or to
/// its runtime socket than it should.
public struct VaultGrant: Hashable, Sendable, CustomStringConvertible {
    public let customer: CustomerID
    public let tier: VaultTier
    /// Requests a second, bursts included; 0 when suspended.
    public let rate: Int
    public let service: ServiceType

    /// - Throws: ``VaultRefusal/rateOutOfRange(_:)`` outside 1…1,000,000.
    public init(
        customer: CustomerID, tier: ServiceTier, rate: Int, service: ServiceType
    ) throws(VaultRefusal) {
        guard (1...ServiceTier.highestRate).contains(rate) else { throw .rateOutOfRange(rate) }
        self.init(customer: customer, tier: .active(tier), rate: rate, service: service)
    }

    /// Of a customer who is answered 402.
    public static func suspended(customer: CustomerID, service: ServiceType) -> VaultGrant {
        VaultGrant(customer: customer, tier: .suspended, rate: 0, service: service)
    }

    /// Nil for any spelling but that of ``description``.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard parts.count == 4, let number = Int64(parts[0]), let customer = CustomerID(number),
            let tier = VaultTier(parts[1]), let rate = Int(parts[2]),
            let service = ServiceType(rawValue: String(parts[3]))
        else { return nil }
        let range = tier == .suspended ? 0...0 : 1...ServiceTier.highestRate
        guard range.contains(rate) else { return nil }
        self.init(customer: customer, tier: tier, rate: rate, service: service)
        guard description == text else { return nil }  // "+1" and "01" are numbers, too.
    }

    public var description: String { "\(customer);\(tier.text);\(rate);\(service.rawValue)" }

    private init(customer: CustomerID, tier: VaultTier, rate: Int, service: ServiceType) {
        self.customer = customer
        self.tier = tier
        self.rate = rate
        self.service = service
    }
}
