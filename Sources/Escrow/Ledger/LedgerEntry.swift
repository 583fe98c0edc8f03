public import Identifiers

/// Money moved from one account to another: what one loses the other gains, so all sum to zero.
public struct LedgerEntry: Hashable, Sendable {
    public enum Purpose: String, Sendable, CaseIterable {
        case deposit, withdrawal, hold, release, charge, refund, adjustment
    }

    /// What made the entry, and what makes it unique.
    public enum Cause: Hashable, Sendable {
        /// Our own decision about an operation.
        case decision
        case event(EventID, leg: Int64)
    }

    public let purpose: Purpose
    public let cause: Cause
    /// Whose money it is.
    public let account: AccountID
    /// The operation it belongs to, if any.
    public let charge: ChargeID?
    /// Loses the amount.
    public let debit: LedgerAccount
    /// Gains the amount.
    public let credit: LedgerAccount
    /// Always more than zero.
    public let amount: MicroUSDC

    /// Nil when nothing would move.
    public init?(
        _ purpose: Purpose, _ cause: Cause, account: AccountID, charge: ChargeID? = nil,
        from debit: LedgerAccount, to credit: LedgerAccount, _ amount: MicroUSDC
    ) {
        guard amount > .zero, debit != credit else { return nil }
        self.purpose = purpose
        self.cause = cause
        self.account = account
        self.charge = charge
        self.debit = debit
        self.credit = credit
        self.amount = amount
    }
}
