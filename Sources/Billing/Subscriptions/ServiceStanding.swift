public import Determinism
public import Identifiers
import Services

/// A service as its customer sees it; also one of which nothing was chosen yet.
public struct ServiceStanding: Hashable, Sendable {
    public let subscription: Subscription
    /// What the present configuration costs a month by the prices of now; nil before there is one,
    /// and when it cannot be had any more.
    public let monthly: MicroUSDC?
    /// When something of it was first chosen and last changed; nil before that.
    public let createdAt: Timestamp?
    public let changedAt: Timestamp?

    public init(
        _ subscription: Subscription, monthly: MicroUSDC?, createdAt: Timestamp?,
        changedAt: Timestamp?
    ) {
        self.subscription = subscription
        self.monthly = monthly
        self.createdAt = createdAt
        self.changedAt = changedAt
    }

    init(_ row: InstanceRow, by version: PriceVersion?) {
        let subscription = Subscription(row)
        let monthly = subscription.configuration.flatMap { chosen in
            try? version?.monthlyFee(of: chosen, for: row.service)
        }
        self.init(
            subscription, monthly: monthly, createdAt: row.createdAt, changedAt: row.changedAt)
    }
}

/// What a configuration would cost, and why it cannot be had now.
public struct ServiceQuote: Equatable, Sendable {
    public let change: SubscriptionChange
    /// Nil when it can.
    public let refusal: SubscriptionError?

    public init(_ change: SubscriptionChange, refusal: SubscriptionError?) {
        self.change = change
        self.refusal = refusal
    }
}

/// What was changed, and what was charged for it.
public struct SubscriptionOutcome: Equatable, Sendable {
    public let standing: ServiceStanding
    public let change: SubscriptionChange
    /// Nil where nothing was invoiced.
    public let invoice: InvoiceID?
    /// Nil where nothing is charged.
    public let charge: ChargeID?

    public init(
        _ standing: ServiceStanding, change: SubscriptionChange, invoice: InvoiceID?,
        charge: ChargeID?
    ) {
        self.standing = standing
        self.change = change
        self.invoice = invoice
        self.charge = charge
    }
}
