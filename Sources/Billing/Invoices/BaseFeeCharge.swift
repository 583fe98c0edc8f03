public import Identifiers
public import Services

/// Days of a month of one configuration.
public struct BaseFeeCharge: Hashable, Sendable {
    public let service: ServiceType
    public let configuration: ServiceConfiguration
    public let days: MonthDays
    /// ``PriceVersion/number``.
    public let priceVersion: Int64

    public init(
        service: ServiceType, configuration: ServiceConfiguration, days: MonthDays,
        priceVersion: Int64
    ) {
        self.service = service
        self.configuration = configuration
        self.days = days
        self.priceVersion = priceVersion
    }

    /// By the version that it names, whatever is in force now.
    public func cost(by book: PriceBook) throws(RatingError) -> MicroUSDC {
        days.share(of: try monthly(by: book))
    }

    func monthly(by book: PriceBook) throws(RatingError) -> MicroUSDC {
        let version = try book.known(priceVersion)
        do { return try version.monthlyFee(of: configuration, for: service) } catch {
            throw .configuration(error)
        }
    }
}
