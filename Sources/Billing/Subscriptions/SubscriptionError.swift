public import Idempotency

/// Why a customer's service is as it was. Nothing was written.
public enum SubscriptionError: Error, Hashable, Sendable {
    case refused(SubscriptionRefusal)
    /// There is no price book, or none of its versions has begun.
    case noPrices
    /// More keys are active than the configuration has slots for.
    case slotsInUse(active: Int64, wanted: Int64)
    /// There is nothing that could be charged.
    case accountMissing
    /// Nothing is charged on the account until a human has looked.
    case accountFrozen
    case keyRefused(KeyRefusal)
    case storageUnavailable
}
