public import Identifiers
import Services

/// What a step of a subscription leads to, before anything is changed.
public struct SubscriptionChange: Equatable, Sendable {
    public enum Effect: Hashable, Sendable {
        case immediate
        /// What was chosen holds from this month's first day on.
        case scheduled(Month)
        /// Kept for when the service is enabled.
        case stored
    }

    public let effect: Effect
    /// The whole month's fee of what was chosen, by its parts.
    public let items: [FeeItem]
    /// To be invoiced and charged at once.
    public let lines: [InvoiceLine]
    public let subscription: Subscription

    init(
        _ effect: Effect, _ items: [FeeItem], _ lines: [InvoiceLine], _ after: Subscription
    ) {
        self.effect = effect
        self.items = items
        self.lines = lines
        subscription = after
    }

    /// Fits: the price book bounds every amount and every count.
    public var monthly: MicroUSDC {
        MicroUSDC(items.reduce(Int64(0)) { $0 + $1.monthly.units })
    }

    /// Never below zero. What does not fit, which takes years of missed months at the highest
    /// prices, is the largest amount: the invoice then refuses the lines.
    public var chargeNow: MicroUSDC {
        MicroUSDC(Int64(clamping: lines.reduce(Int128(0)) { $0 + Int128($1.amount.units) }))
    }

    /// Whether it can be paid. Only what leaves the service served at once needs funds; then even
    /// what costs nothing, or a customer who owes would only disable and enable again. Credit pays
    /// first.
    public func check(_ funds: Funds) throws(SubscriptionRefusal) {
        guard needsFunds else { return }
        guard funds.pastDue == .zero else { throw .paymentOwed(funds.pastDue) }
        let cost = Int64(clamping: Int128(chargeNow.units) - Int128(funds.credit.units))
        do { try funds.check(max(.zero, MicroUSDC(cost))) } catch { throw .funds(error) }
    }

    /// Whether the service is served with it from now on.
    var needsFunds: Bool { subscription.state.isServed && effect == .immediate }
}
