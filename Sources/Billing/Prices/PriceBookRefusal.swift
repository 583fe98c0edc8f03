import Services
public import Storage

/// Why a price book was not taken: the one before stays in force, whole.
public enum PriceBookRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// With the line of the first error.
    case invalid(PriceBookError)
    case succession(PriceBookSuccession)
    case storage(StorageError)

    public var description: String {
        switch self {
        case .invalid(let error): error.description
        case .succession(.versionGone(let number)):
            "version \(number) has begun and is not in it"
        case .succession(.versionChanged(let number)):
            "version \(number) has begun and is not what it was"
        case .succession(.versionBeginsInThePast(let number)):
            "version \(number) is new and begins in the past"
        case .succession(.tariffInUse(let number, let service, let tier, let hasBurst, let count)):
            "version \(number) does not sell \(service.rawValue) \(tier.rawValue)"
                + "\(hasBurst ? " with burst" : ""), which \(count) customers have"
        case .storage(let error): error.description
        }
    }
}
