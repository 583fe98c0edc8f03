import Identifiers
public import Services

/// Keeps what is used in bounds: when a service stops, and when it goes on.
///
/// Decided anew whenever use, the account or an invoice changes, and every few seconds; each
/// decision follows from what is, so that a lost one is made again.
public enum Overspend {
    public enum Decision: Hashable, Sendable {
        case rest
        case suspend(SuspensionCause)
        /// Invoice the use so far, without waiting for threshold or month.
        case closeOpenUse
        /// These can be charged anew.
        case chargeAgain([InvoiceID])
        /// By ``Subscription/resuming(at:by:)``, which may cost a fee.
        case resume
    }

    /// A service that stopped goes on only once everything owed has settled.
    public static func decide(
        _ state: InstanceState, _ funds: Funds, _ debt: Debt
    ) -> Decision {
        switch state {
        case .enabled:
            if let cause = cause(funds, debt) { return .suspend(cause) }
            return .rest
        case .suspendedNoPayment, .suspendedSpendingLimit:
            if debt.hasOpenUse { return .closeOpenUse }
            let payable = payable(debt, from: funds)
            if !payable.isEmpty { return .chargeAgain(payable) }
            if let cause = cause(funds, debt), cause.state != state { return .suspend(cause) }
            return debt.isNone && funds.shortage == nil ? .resume : .rest
        case .disabled, .suspendedByOperator:
            let payable = payable(debt, from: funds)
            return payable.isEmpty ? .rest : .chargeAgain(payable)
        case .notProvisioned: return .rest
        }
    }

    /// A declined charge stops the service also where our figures show enough: the chain knows.
    private static func cause(_ funds: Funds, _ debt: Debt) -> SuspensionCause? {
        funds.shortage ?? (debt.pastDue.isEmpty ? nil : .noPayment)
    }

    /// From the oldest on, as far as the funds reach without what is past due; none is skipped,
    /// so that a large old invoice is not passed over for ever.
    private static func payable(_ debt: Debt, from funds: Funds) -> [InvoiceID] {
        var left = Funds(
            balance: funds.balance, held: funds.held, accrued: funds.accrued, pastDue: .zero,
            spendingLimit: funds.spendingLimit, periodCharged: funds.periodCharged)
        var payable: [InvoiceID] = []
        for owed in debt.pastDue {
            guard (try? left.check(owed.amount)) != nil else { break }
            payable.append(owed.invoice)
            left = left.promising(owed.amount)
        }
        return payable
    }
}
