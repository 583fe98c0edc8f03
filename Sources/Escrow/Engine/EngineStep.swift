import Identifiers
import SuiProtocol

/// What the engine does next. Every one of them is safe to be cut off at any place.
enum EngineStep: Hashable, Sendable {
    /// Asks by digest, and sends the same bytes where that is not known.
    case send(LiveBatch)
    /// First bytes of planned operations, or a cancellation.
    case sign(ChargeBatch.Purpose, [EngineOperation], on: LaneCoin)
    /// The same operations with the same version of the same gas coin: it expires, or is refused.
    case renew(LiveBatch)
    /// Operations whose bytes are dead, on another coin or version.
    case rebuild(ChargeBatch.Purpose, [EngineOperation], after: TransactionDigest, on: LaneCoin)
    /// Spends the gas coin of bytes that nodes refuse again and again.
    case release(LiveBatch)
    case withdraw(ChargeID)
    case maintain(LanePlan)
}
