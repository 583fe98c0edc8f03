import SuiProtocol

/// Bytes that only move the charger's own SUI between its coins, about to be stored.
struct SignedMaintenance: Hashable, Sendable {
    /// All that it spends, the one that takes in the others first.
    let coins: [ObjectReference]
    let lastEpoch: Int64
    let digest: TransactionDigest
    let bytes: [UInt8]
    let signature: [UInt8]
}
