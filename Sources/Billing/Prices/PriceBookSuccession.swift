public import Services

/// Why a price book may not take the place of another. Each names the version.
public enum PriceBookSuccession: Error, Equatable, Sendable {
    case versionGone(Int64)
    case versionChanged(Int64)
    case versionBeginsInThePast(Int64)
    /// It does not sell what so many customers will have as it begins: what they use would have no
    /// price, and HAProxy no rate.
    case tariffInUse(
        version: Int64, ServiceType, ServiceTier, hasBurst: Bool, customers: Int64)
}
