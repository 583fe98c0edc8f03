public import Identifiers

/// So much for so many: 1.00 USDC for 10,000 requests is `amount` 1,000,000 and `count` 10,000.
public struct UnitPrice: Hashable, Sendable {
    public let amount: MicroUSDC
    public let count: Int64

    /// Nil unless the amount is none or more and the count is at least one.
    public init?(_ amount: MicroUSDC, per count: Int64) {
        guard amount >= .zero, count >= 1 else { return nil }
        self.amount = amount
        self.count = count
    }

    /// Rounded down to a whole micro-USDC.
    ///
    /// - Throws: ``RatingError/tooLarge`` above 2⁶³ − 1.
    public func cost(of requests: Int64) throws(RatingError) -> MicroUSDC {
        let exact = Int128(max(0, requests)) * Int128(amount.units) / Int128(count)
        guard let units = Int64(exactly: exact) else { throw .tooLarge }
        return MicroUSDC(units)
    }
}
