public import Determinism
public import Identifiers
public import Services

/// All prices that ever were in force, and those to come. Source: `Config/pricebook.json`.
///
/// A version holds until the next one begins, so that every moment from the first on has one. Of
/// a version that has begun nothing may change: closed invoices rest on it.
public struct PriceBook: Hashable, Sendable {
    /// No single price is above it: a million USDC, in micro-USDC.
    public static let amountLimit = MicroUSDC(1_000_000_000_000)
    /// Of no option can anyone have more.
    public static let optionLimit: Int64 = 1000

    /// Numbers and beginnings rise; never empty.
    public let versions: [PriceVersion]

    /// - Parameter bytes: the file, as it is.
    /// - Throws: ``PriceBookError`` naming the place of the first error; no part is taken then.
    public init(parsing bytes: [UInt8]) throws(PriceBookError) {
        versions = try PriceBookReader(bytes).versions()
    }

    /// Nil before the first version.
    public func version(at time: Timestamp) -> PriceVersion? {
        versions.last { $0.effectiveFrom <= time }
    }

    /// Whether a service could be had at some time, so that its use has a price.
    public func sells(_ service: ServiceType, at time: Timestamp) -> Bool {
        guard let prices = try? version(at: time)?.prices(of: service) else { return false }
        return prices.availability == .available
    }

    public func version(number: Int64) -> PriceVersion? {
        versions.first { $0.number == number }
    }

    /// Whether this book may take the place of the one in force.
    ///
    /// - Throws: when a version that has begun is gone or changed, or a new one begins in the past.
    public func checkFollows(
        _ old: PriceBook, at now: Timestamp
    ) throws(PriceBookSuccession) {
        for version in old.versions where version.effectiveFrom <= now {
            guard let same = self.version(number: version.number) else {
                throw .versionGone(version.number)
            }
            guard same == version else { throw .versionChanged(version.number) }
        }
        for version in versions where version.effectiveFrom <= now {
            guard old.version(number: version.number) == version else {
                throw .versionBeginsInThePast(version.number)
            }
        }
    }

    func inForce(at time: Timestamp) throws(RatingError) -> PriceVersion {
        guard let version = version(at: time) else { throw .noPriceVersion(at: time) }
        return version
    }

    func known(_ number: Int64) throws(RatingError) -> PriceVersion {
        guard let version = version(number: number) else { throw .unknownPriceVersion(number) }
        return version
    }
}
