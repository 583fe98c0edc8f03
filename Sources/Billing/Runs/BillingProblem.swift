/// Why a customer, or some of the customer's use, could not be billed: somebody has to look. What it
/// names was left as it was.
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
