public import SuiProtocol

/// A stretch of the chain that is closed.
public struct LedgerCheckpoint: Sendable {
    public let sequence: Int
    public let digest: CheckpointDigest
    public let epoch: UInt64
    public let timestamp: Int64
    /// Its transactions by their index.
    public let transactions: Range<Int>
}
