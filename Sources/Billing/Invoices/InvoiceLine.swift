public import Identifiers

/// An amount, and what it rests on: enough to compute it again.
public struct InvoiceLine: Hashable, Sendable {
    public enum Basis: Hashable, Sendable {
        case usage(UsageCharge)
        /// An adjustment: made in hours that an earlier invoice had covered.
        case lateUsage(UsageCharge)
        case baseFee(BaseFeeCharge)
        /// Days paid for already that an upgrade pays for anew; negative.
        case baseFeeReturned(BaseFeeCharge)
        /// Negative; the grant says how much there was.
        case credit(CreditID)
    }

    public let basis: Basis
    public let amount: MicroUSDC

    /// For lines that are read back; new ones come from rating and subscriptions.
    public init(_ basis: Basis, amount: MicroUSDC) {
        self.basis = basis
        self.amount = amount
    }

    static func baseFee(
        _ charge: BaseFeeCharge, by book: PriceBook
    ) throws(RatingError) -> InvoiceLine {
        InvoiceLine(.baseFee(charge), amount: try charge.cost(by: book))
    }

    static func baseFeeReturned(
        _ charge: BaseFeeCharge, by book: PriceBook
    ) throws(RatingError) -> InvoiceLine {
        InvoiceLine(
            .baseFeeReturned(charge), amount: MicroUSDC(-(try charge.cost(by: book).units)))
    }

    /// Computes the amount from the basis alone. A credit is what was taken of it.
    func rated(by book: PriceBook) throws(RatingError) -> MicroUSDC {
        switch basis {
        case .usage(let charge), .lateUsage(let charge): try charge.cost(by: book)
        case .baseFee(let charge): try charge.cost(by: book)
        case .baseFeeReturned(let charge): MicroUSDC(-(try charge.cost(by: book).units))
        case .credit: amount
        }
    }

    var usage: UsageCharge? {
        switch basis {
        case .usage(let charge), .lateUsage(let charge): charge
        case .baseFee, .baseFeeReturned, .credit: nil
        }
    }
}
