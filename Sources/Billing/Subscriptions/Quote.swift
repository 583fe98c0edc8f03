public import Determinism
public import Services

/// What a configuration would cost this customer today, as the form shows it.
public struct Quote: Equatable, Sendable {
    public let change: SubscriptionChange
    /// Why it cannot be had now; nil when it can.
    public let refusal: SubscriptionRefusal?

    public var isAllowed: Bool { refusal == nil }
}

extension Subscription {
    /// For a service that is not served: as if it were enabled at once.
    ///
    /// - Throws: when the configuration does not exist, or the state lets nothing change.
    public func quote(
        _ wanted: ServiceConfiguration, _ funds: Funds, at now: Timestamp, by book: PriceBook
    ) throws(SubscriptionRefusal) -> Quote {
        var change = try configuring(wanted, at: now, by: book)
        if change.effect == .stored {
            change = try change.subscription.enabling(at: now, by: book)
        }
        do {
            try change.check(funds)
            return Quote(change: change, refusal: nil)
        } catch {
            return Quote(change: change, refusal: error)
        }
    }
}
