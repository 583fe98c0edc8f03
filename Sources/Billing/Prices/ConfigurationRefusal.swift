public import Determinism
public import Services

/// Why a configuration cannot be had.
public enum ConfigurationRefusal: Error, Hashable, Sendable {
    case serviceNotSold(ServiceType)
    case tierNotSold(ServiceTier)
    /// Its price is agreed on with the operator.
    case tierByAgreement(ServiceTier)
    case burstNotSold(ServiceTier)
    /// Prices that are known already sell the tier, or its burst, only until then.
    case soldUntil(Timestamp, ServiceTier, isBurst: Bool)
    case outOfRange(FeeItem.Kind, minimum: Int64, maximum: Int64)
}
