public import Identifiers
public import Services

/// A customer's means at one moment, from the mirror of the account and our own books.
public struct Funds: Hashable, Sendable {
    /// On chain.
    public let balance: MicroUSDC
    /// Set aside for charges without an outcome.
    public let held: MicroUSDC
    /// Use that is not invoiced, as far as no credit covers it, and invoices for which no charge is
    /// planned yet.
    public let accrued: MicroUSDC
    /// Invoices whose charge was declined.
    public let pastDue: MicroUSDC
    /// For each period; zero is no limit, as in the contract.
    public let spendingLimit: MicroUSDC
    public let periodCharged: MicroUSDC
    /// What was granted against invoices to come, and open use leaves: it pays first.
    public let credit: MicroUSDC

    public init(
        balance: MicroUSDC, held: MicroUSDC, accrued: MicroUSDC, pastDue: MicroUSDC,
        spendingLimit: MicroUSDC, periodCharged: MicroUSDC, credit: MicroUSDC = .zero
    ) {
        self.balance = balance
        self.held = held
        self.accrued = accrued
        self.pastDue = pastDue
        self.spendingLimit = spendingLimit
        self.periodCharged = periodCharged
        self.credit = credit
    }

    /// Not promised to anything; below zero when more was used than there is.
    public var available: MicroUSDC { Self.clamped(wide(balance) - promised) }

    /// Chargeable in this period beyond what is promised; nil without a limit.
    public var remaining: MicroUSDC? {
        guard spendingLimit > .zero else { return nil }
        return Self.clamped(wide(spendingLimit) - wide(periodCharged) - promised)
    }

    /// Why services stop: more is promised than there is, or than may be charged. Being exactly
    /// at an end stops nothing.
    public var shortage: SuspensionCause? {
        if available < .zero { return .noPayment }
        if let remaining, remaining < .zero { return .spendingLimit }
        return nil
    }

    /// Of a customer without an account.
    static let none = Funds(
        balance: .zero, held: .zero, accrued: .zero, pastDue: .zero, spendingLimit: .zero,
        periodCharged: .zero)

    /// Whether `cost`, which may be nothing, can be taken on beside everything that is promised,
    /// by money alone.
    public func check(_ cost: MicroUSDC) throws(FundsRefusal) {
        guard available >= cost else {
            throw .insufficientBalance(
                current: max(.zero, available), estimatedCost: cost,
                requiredDeposit: Self.clamped(wide(cost) - wide(available)))
        }
        if let remaining, remaining < cost {
            throw .monthlyLimitExceeded(
                limit: spendingLimit, charged: periodCharged, estimatedCost: cost,
                remaining: max(.zero, remaining))
        }
    }

    /// After a charge was planned for `amount`.
    func promising(_ amount: MicroUSDC) -> Funds {
        Funds(
            balance: balance, held: Self.clamped(wide(held) + wide(amount)), accrued: accrued,
            pastDue: pastDue, spendingLimit: spendingLimit, periodCharged: periodCharged,
            credit: credit)
    }

    private var promised: Int128 { wide(held) + wide(accrued) + wide(pastDue) }

    private func wide(_ amount: MicroUSDC) -> Int128 { Int128(amount.units) }

    private static func clamped(_ amount: Int128) -> MicroUSDC {
        MicroUSDC(Int64(clamping: amount))
    }
}
