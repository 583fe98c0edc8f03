public import Identifiers

/// What a customer was granted against invoices to come.
public struct Credit: Equatable, Sendable {
    public let id: CreditID
    /// What no invoice has taken yet; never negative.
    public let remaining: MicroUSDC

    /// Nil for less than nothing.
    public init?(_ id: CreditID, remaining: MicroUSDC) {
        guard remaining >= .zero else { return nil }
        self.id = id
        self.remaining = remaining
    }

    /// Takes credits in their order of age (their ids sort by it) until nothing is owed: a total
    /// never falls below zero, and what is left stays with its credit.
    static func lines(from credits: [Credit], against total: MicroUSDC) -> [InvoiceLine] {
        var owed = total.units
        var lines: [InvoiceLine] = []
        let byAge = credits.sorted {
            $0.id.uuid.bytes.lexicographicallyPrecedes($1.id.uuid.bytes)
        }
        for credit in byAge where owed > 0 && credit.remaining > .zero {
            let taken = min(owed, credit.remaining.units)
            owed -= taken
            lines.append(InvoiceLine(.credit(credit.id), amount: MicroUSDC(-taken)))
        }
        return lines
    }
}
