public import Services

/// Requests of one customer, service and tier within one hour, as they are summed so far.
///
/// The tier of an hour is the one that was in force when it began, or else the first that begins
/// within it: a tier that is taken within an hour prices the next one on.
public struct UsageSum: Hashable, Sendable {
    public let service: ServiceType
    public let tier: ServiceTier
    public let hour: Hour
    /// Answered 2xx or 3xx; others are free. Only ever grows.
    public let successful: Int64
    /// How many of these stand on an invoice already.
    public let invoiced: Int64

    public init(
        service: ServiceType, tier: ServiceTier, hour: Hour, successful: Int64, invoiced: Int64 = 0
    ) {
        self.service = service
        self.tier = tier
        self.hour = hour
        self.successful = successful
        self.invoiced = invoiced
    }
}
