import Identifiers
import SuiProtocol

/// What the engine decides by, as read from the database in one turn.
struct EngineView: Sendable {
    /// The follower's, and the chain's own, which may be ahead.
    var bookedEpoch: Int64
    var chainEpoch: Int64
    var coins: [LaneCoin]
    var live: [LiveBatch]
    var dead: [DeadBatch]
    var cancellations: [Cancellation]
    /// Amounts signed within the last hour.
    var signedWithinHour: MicroUSDC

    /// The last epoch that what is signed now may run in.
    var lastEpoch: Int64 { max(bookedEpoch, min(chainEpoch, bookedEpoch + 1)) + 1 }

    /// Whether the follower is so far behind, or a node so far off, that what is signed now would
    /// have expired, or would last for longer than anybody meant.
    var isAdrift: Bool { chainEpoch - 1 > bookedEpoch }
}

/// A coin of the charger's SUI.
struct LaneCoin: Hashable, Sendable {
    let coin: GasCoin
    /// Bytes that spend this version may still run.
    let isClaimed: Bool

    var reference: ObjectReference { coin.reference }
    var balance: UInt64 { coin.balance }
}
