public import Determinism
import Identifiers
public import Services

extension Subscription {
    /// A configuration is chosen. While the service is served, a dearer one holds at once and the
    /// difference is charged; a cheaper one holds from the next month on, or at once where the service
    /// is stopped and nothing was paid for this month.
    public func configuring(
        _ wanted: ServiceConfiguration, at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> SubscriptionChange {
        let version = try SubscriptionRefusal.version(at: now, of: book)
        // What was chosen before may be kept, whatever can be chosen now.
        if wanted != configuration, wanted != scheduled?.configuration {
            try version.check(wanted, for: service)
        }
        let items = try version.items(of: wanted, for: service)
        var after = self
        try after.take(.configure)
        let month = Month(containing: now)
        var lines = try after.turn(to: month, by: book)
        let isCheaper = after.isCheaper(wanted, by: version)
        let effect: SubscriptionChange.Effect
        switch after.state {
        case .disabled:
            (after.configuration, after.scheduled, effect) = (wanted, nil, .stored)
        case .enabled where !isCheaper:
            lines += try after.pay(for: wanted, MonthDays(from: now), by: book, version)
            (after.configuration, after.scheduled, effect) = (wanted, nil, .immediate)
        case .enabled, .suspendedNoPayment, .suspendedSpendingLimit:
            guard isCheaper || wanted == after.configuration else {
                throw .upgradeWhileSuspended(state)
            }
            guard after.state.isServed || after.paid?.month == month else {
                (after.configuration, after.scheduled, effect) = (wanted, nil, .immediate)
                break
            }
            after.scheduled = ScheduledConfiguration(wanted, from: month.next)
            effect = .scheduled(month.next)
        case .notProvisioned, .suspendedByOperator:
            throw .state(IllegalInstanceChange(from: state, on: .configure))
        }
        var from: Month?
        if case .scheduled(let month) = effect { from = month }
        try SubscriptionRefusal.check { () throws(ConfigurationRefusal) in
            try book.checkGoesOnSelling(wanted, for: service, from: from, at: now)
        }
        return SubscriptionChange(effect, items, lines, after)
    }

    /// The rest of the month is charged, from today on, unless it is paid for.
    public func enabling(
        at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> SubscriptionChange {
        guard configuration != nil else { throw .notConfigured }
        return try starting(.enable, at: now, by: book)
    }

    /// After a suspension: months that passed without service cost nothing.
    public func resuming(
        at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> SubscriptionChange {
        try starting(.resume, at: now, by: book)
    }

    /// Invoices, while the service is served, every month that has begun and is not paid for:
    /// whole, by the version in force at its start.
    public func turning(
        at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> SubscriptionChange {
        var after = self
        let lines = try after.turn(to: Month(containing: now), by: book)
        let version = try SubscriptionRefusal.version(at: now, of: book)
        let items = try after.configuration.map { wanted throws(SubscriptionRefusal) in
            try version.items(of: wanted, for: service)
        }
        return SubscriptionChange(.immediate, items ?? [], lines, after)
    }

    /// At once; nothing is paid back. What was scheduled is what the next start begins with.
    public func disabling() throws(SubscriptionRefusal) -> Subscription {
        var after = self
        try after.take(.disable)
        after.configuration = scheduled?.configuration ?? configuration
        after.scheduled = nil
        return after
    }

    public func suspending(
        _ cause: SuspensionCause
    ) throws(SubscriptionRefusal) -> Subscription {
        var after = self
        try after.take(.suspend(cause))
        return after
    }

    public func suspendingByOperator() throws(SubscriptionRefusal) -> Subscription {
        var after = self
        try after.take(.operatorSuspends)
        return after
    }

    /// Leaves it disabled.
    public func lifting() throws(SubscriptionRefusal) -> Subscription {
        var after = self
        try after.take(.operatorLifts)
        return after
    }

    private func starting(
        _ event: InstanceEvent, at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> SubscriptionChange {
        let version = try SubscriptionRefusal.version(at: now, of: book)
        var after = self
        var lines = try after.turn(to: Month(containing: now), by: book)
        try after.take(event)
        guard let configuration = after.configuration else { throw .notConfigured }
        let items = try version.items(of: configuration, for: service)
        let until = after.scheduled?.from
        try SubscriptionRefusal.check { () throws(ConfigurationRefusal) in
            try book.checkGoesOnSelling(configuration, for: service, until: until, at: now)
        }
        lines += try after.pay(for: configuration, MonthDays(from: now), by: book, version)
        return SubscriptionChange(.immediate, items, lines, after)
    }

    private mutating func turn(
        to month: Month, by book: PriceBook
    ) throws(SubscriptionRefusal) -> [InvoiceLine] {
        var lines: [InvoiceLine] = []
        while state.isServed, let paid, paid.month < month {
            let next = paid.month.next
            applyScheduled(in: next)
            guard let configuration else { throw .notConfigured }
            let version = try SubscriptionRefusal.version(at: next.start, of: book)
            lines += try pay(for: configuration, MonthDays(whole: next), by: book, version)
        }
        applyScheduled(in: month)
        return lines
    }

    /// By the prices of today; what cannot be had any more is never the dearer one.
    private func isCheaper(_ wanted: ServiceConfiguration, by version: PriceVersion) -> Bool {
        guard let configuration,
            let present = try? version.monthlyFee(of: configuration, for: service),
            let fee = try? version.monthlyFee(of: wanted, for: service)
        else { return false }
        return fee < present
    }
}
