/// Why a price book may not take the place of another. Each names the version.
public enum PriceBookSuccession: Error, Equatable, Sendable {
    case versionGone(Int64)
    case versionChanged(Int64)
    case versionBeginsInThePast(Int64)
}
