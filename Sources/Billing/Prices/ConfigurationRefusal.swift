/// Why a configuration cannot be had.
public enum ConfigurationRefusal: Error, Hashable, Sendable {
    case serviceNotSold(ServiceType)
    case tierNotSold(Tier)
    /// Its price is agreed on with the operator.
    case tierByAgreement(Tier)
    case burstNotSold(Tier)
    case outOfRange(FeeItem.Kind, minimum: Int64, maximum: Int64)
}
