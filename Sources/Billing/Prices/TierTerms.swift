public import Identifiers

/// What a tier costs and gives.
public struct TierTerms: Hashable, Sendable {
    /// Above the tier's rate for as long as it is paid for.
    public struct Burst: Hashable, Sendable {
        public let monthly: MicroUSDC
        public let requestsPerSecond: Int64
    }

    /// The base fee.
    public let monthly: MicroUSDC
    /// Successful ones, of a month, that cost nothing.
    public let includedRequests: Int64
    public let requestPrice: UnitPrice
    public let requestsPerSecond: Int64
    public let burst: Burst?

    /// What `count` requests cost that come after `before` others of the same month.
    ///
    /// The difference of two running sums, each rounded down once: however a month's requests are
    /// cut into invoices, their costs add up to the cost of all.
    public func cost(of count: Int64, after before: Int64) throws(RatingError) -> MicroUSDC {
        let (through, didOverflow) = before.addingReportingOverflow(count)
        guard !didOverflow else { throw .tooLarge }
        let until = try requestPrice.cost(of: through - includedRequests)
        let already = try requestPrice.cost(of: before - includedRequests)
        return MicroUSDC(until.units - already.units)
    }
}
