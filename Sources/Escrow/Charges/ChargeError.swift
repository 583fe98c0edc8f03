public import Determinism
public import Identifiers
public import Storage

/// Why nothing was planned. Cases carry facts; the gateway owns wording and status. Nothing was
/// written, not even the idempotency key.
public enum ChargeError: Error, Equatable, Sendable {
    case customerUnknown
    case accountMissing
    case accountFrozen
    case insufficientBalance(available: MicroUSDC, required: MicroUSDC)
    /// `charged` has what is held for charges without outcome in it.
    case spendingLimitReached(limit: MicroUSDC, charged: MicroUSDC, resetsAt: Timestamp)
    /// The obligation has a charge that is planned, signed or settled.
    case alreadyCharged(ChargeID?)
    case chargeUnknown
    /// Only what was settled can be given back.
    case chargeNotSettled
    case refundExceedsCharge(remaining: MicroUSDC)
    /// The key was used with another body.
    case keyReused
    /// The key's first request is at work.
    case keyInFlight
    case amountInvalid
    case storage(StorageError)
}
