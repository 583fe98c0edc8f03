public import Identifiers

/// Why something cannot be paid, with the figures that the customer is shown.
public enum FundsRefusal: Error, Hashable, Sendable {
    /// - Parameter current: what is free, never below zero; `requiredDeposit` also makes up for
    ///   what is missing already.
    case insufficientBalance(
        current: MicroUSDC, estimatedCost: MicroUSDC, requiredDeposit: MicroUSDC)
    /// - Parameter remaining: what may still be charged, less what is promised.
    case monthlyLimitExceeded(
        limit: MicroUSDC, charged: MicroUSDC, estimatedCost: MicroUSDC, remaining: MicroUSDC)
}
