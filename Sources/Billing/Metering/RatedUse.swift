public import Identifiers

/// A customer's use as invoice lines, and why some of it has none.
public struct RatedUse: Equatable, Sendable {
    /// In an order that depends on nothing but their content.
    public let lines: [InvoiceLine]
    /// One for each group that cannot be rated, and one for all use before the first prices. Their
    /// requests stay open, and keep no others from their invoice.
    public let refused: [RatingError]

    public init(lines: [InvoiceLine], refused: [RatingError]) {
        self.lines = lines
        self.refused = refused
    }

    /// Of all lines. What does not fit is the largest amount.
    public var cost: MicroUSDC {
        MicroUSDC(Int64(clamping: lines.reduce(Int128(0)) { $0 + Int128($1.amount.units) }))
    }
}
