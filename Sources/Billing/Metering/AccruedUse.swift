public import Determinism
public import Identifiers

/// When accrued use becomes an invoice.
public struct AccruedUse: Equatable, Sendable {
    public enum Reason: String, Sendable {
        case threshold
        case monthEnd = "month_end"
    }

    public let amount: MicroUSDC
    /// See ``UsageRating``; for a customer without an invoice, when the first use was.
    public let coveredThrough: Timestamp

    public init(_ amount: MicroUSDC, coveredThrough: Timestamp) {
        self.amount = amount
        self.coveredThrough = coveredThrough
    }

    /// Nil while it may wait. Late use of a month that is over waits like any other.
    public func due(at now: Timestamp, by version: PriceVersion) -> Reason? {
        if Month(containing: now) > Month(containing: coveredThrough) { return .monthEnd }
        return amount >= version.chargeThreshold ? .threshold : nil
    }
}
