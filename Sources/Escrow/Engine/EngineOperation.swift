import Identifiers
import SuiProtocol

/// An operation with all that a transaction needs of it.
struct EngineOperation: Hashable, Sendable {
    let fixed: ChargeBatch.Operation
    let kind: Charge.Kind
    /// The version at which its account was first shared; 0 where that is not known yet.
    let sharedSince: UInt64
    /// Times it was signed.
    let attempts: Int64

    var id: ChargeID { fixed.charge }
    var account: SharedObject? {
        guard sharedSince > 0, let id = try? ObjectID(bytes: fixed.account.bytes) else {
            return nil
        }
        return SharedObject(id: id, initialVersion: sharedSince)
    }
}

/// The oldest planned operation of an account that has none under way.
struct PlannedOperation: Hashable, Sendable {
    /// With the account's next number.
    let operation: EngineOperation
    let isFenced: Bool

    /// Charges share a transaction; refunds and cancellations abort when stale, so each has its own.
    var standsAlone: Bool { isFenced || operation.kind == .refund }
}
