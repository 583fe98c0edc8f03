public import Identifiers

/// One part of a monthly fee, as the form shows it.
public struct FeeItem: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case tier, burst
        case sealKeys = "seal_keys"
        case packagesPerKey = "packages_per_key"
        case apiKeys = "api_keys"
    }

    public let kind: Kind
    /// What is paid for, without what is included.
    public let quantity: Int64
    /// For one of them and a month.
    public let unit: MicroUSDC

    /// Fits: a price book has no amount above ``PriceBook/amountLimit`` and no option above
    /// ``PriceBook/optionLimit``.
    public var monthly: MicroUSDC { MicroUSDC(unit.units * quantity) }
}
