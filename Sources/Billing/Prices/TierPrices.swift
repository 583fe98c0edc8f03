public import Services

/// A tier in the catalogue.
public struct TierPrices: Hashable, Sendable {
    public let tier: ServiceTier
    public let title: String
    /// Nil when they are agreed on with the operator.
    public let terms: TierTerms?
}
