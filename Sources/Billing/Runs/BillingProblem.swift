/// Why a customer could not be billed: somebody has to look. Nothing of the customer was changed.
public enum BillingProblem: Error, Hashable, Sendable {
    /// No price book is loaded, or none of its versions has begun.
    case noPrices
    case rating(RatingError)
    case subscription(SubscriptionRefusal)
    case invoice(InvoiceError)

    /// Stable; stands in logs and metrics.
    public var code: String {
        switch self {
        case .noPrices: "no_prices"
        case .rating: "rating_failed"
        case .subscription: "subscription_refused"
        case .invoice: "invoice_refused"
        }
    }
}
