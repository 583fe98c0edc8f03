public import Services

/// Why a configuration cannot be had.
public enum ConfigurationRefusal: Error, Hashable, Sendable {
    case serviceNotSold(ServiceType)
    case tierNotSold(ServiceTier)
    /// Its price is agreed on with the operator.
    case tierByAgreement(ServiceTier)
    case burstNotSold(ServiceTier)
    case outOfRange(FeeItem.Kind, minimum: Int64, maximum: Int64)
}
