import Identifiers
public import Services

/// A customer's instance of a service (`service_instances`): what was chosen, and what of it is
/// paid for. Steps are in `Subscription+Steps.swift`.
public struct Subscription: Hashable, Sendable {
    public let service: ServiceType
    public internal(set) var state: InstanceState
    /// Nil before the first one is chosen.
    public internal(set) var configuration: ServiceConfiguration?
    public internal(set) var scheduled: ScheduledConfiguration?
    /// The last month that was invoiced, with the dearest configuration of it.
    public internal(set) var paid: PaidMonth?

    public init(
        service: ServiceType, state: InstanceState = .notProvisioned,
        configuration: ServiceConfiguration? = nil, scheduled: ScheduledConfiguration? = nil,
        paid: PaidMonth? = nil
    ) {
        self.service = service
        self.state = state
        self.configuration = configuration
        self.scheduled = scheduled
        self.paid = paid
    }

    mutating func take(_ event: InstanceEvent) throws(SubscriptionRefusal) {
        do { state = try state.after(event) } catch { throw .state(error) }
    }

    /// Takes over what was scheduled for `month` or before.
    mutating func applyScheduled(in month: Month) {
        guard let scheduled, scheduled.from <= month else { return }
        configuration = scheduled.configuration
        self.scheduled = nil
    }

    /// Invoices days that reach to the end of their month.
    ///
    /// What was paid for the same days is returned. A month for which as much or more was paid
    /// costs nothing further, and nothing is paid back.
    mutating func pay(
        for configuration: ServiceConfiguration, _ days: MonthDays, by book: PriceBook,
        _ version: PriceVersion
    ) throws(SubscriptionRefusal) -> [InvoiceLine] {
        let fee = BaseFeeCharge(
            service: service, configuration: configuration, days: days,
            priceVersion: version.number)
        let old = paid.flatMap { paid in
            paid.month == days.month
                ? BaseFeeCharge(
                    service: service, configuration: paid.configuration, days: days,
                    priceVersion: paid.priceVersion) : nil
        }
        do throws(RatingError) {
            let monthly = try fee.monthly(by: book)
            if let old, try old.monthly(by: book) >= monthly { return [] }
            paid = PaidMonth(
                month: days.month, configuration: configuration, priceVersion: version.number)
            let returned = try old.map { old throws(RatingError) in
                try InvoiceLine.baseFeeReturned(old, by: book)
            }
            return try [returned, .baseFee(fee, by: book)].compactMap { $0 }
        } catch {
            throw SubscriptionRefusal(error)
        }
    }
}
