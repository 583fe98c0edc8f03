public import Services

/// The configuration that a month was invoiced for.
public struct PaidMonth: Hashable, Sendable {
    public let month: Month
    public let configuration: ServiceConfiguration
    /// ``PriceVersion/number``.
    public let priceVersion: Int64

    public init(month: Month, configuration: ServiceConfiguration, priceVersion: Int64) {
        self.month = month
        self.configuration = configuration
        self.priceVersion = priceVersion
    }
}
