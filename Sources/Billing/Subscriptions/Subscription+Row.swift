public import Services

extension Subscription {
    /// As stored.
    public init(_ row: InstanceRow) {
        self.init(
            service: row.service, state: row.state, configuration: row.configuration,
            scheduled: row.scheduled.map {
                ScheduledConfiguration($0.configuration, from: Month(containing: $0.from))
            },
            paid: row.paid.map {
                PaidMonth(
                    month: Month(containing: $0.month), configuration: $0.configuration,
                    priceVersion: $0.priceVersion)
            })
    }
}

extension InstanceRow {
    /// The same row as a step of its subscription leaves it; to be stored.
    public func after(_ subscription: Subscription) -> InstanceRow {
        var row = self
        row.state = subscription.state
        row.configuration = subscription.configuration
        row.scheduled = subscription.scheduled.map {
            Scheduled($0.configuration, from: $0.from.start)
        }
        row.paid = subscription.paid.map {
            Paid(
                month: $0.month.start, configuration: $0.configuration,
                priceVersion: $0.priceVersion)
        }
        return row
    }
}
