public import Determinism
public import Services

/// Why something has no price. It is not invoiced then.
public enum RatingError: Error, Hashable, Sendable {
    /// Before the first version of the price book.
    case noPriceVersion(at: Timestamp)
    case unknownPriceVersion(Int64)
    case notPriced(ServiceType, ServiceTier, version: Int64)
    case configuration(ConfigurationRefusal)
    /// An hour has fewer requests than were invoiced.
    case usageFell(Hour)
    case hourTwice(Hour)
    /// A sum above 2⁶³ − 1 micro-USDC.
    case tooLarge
}
