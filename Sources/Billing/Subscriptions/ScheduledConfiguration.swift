public import Services

/// What takes the place of the present configuration on a month's first day.
public struct ScheduledConfiguration: Hashable, Sendable {
    public let configuration: ServiceConfiguration
    public let from: Month

    public init(_ configuration: ServiceConfiguration, from month: Month) {
        self.configuration = configuration
        from = month
    }
}
