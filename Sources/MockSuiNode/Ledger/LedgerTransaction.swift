public import SuiProtocol

/// A transaction that ran.
public struct LedgerTransaction: Sendable {
    public let digest: TransactionDigest
    /// BCS of the transaction; for what the system itself did (genesis, minting) what stands for it.
    public let bytes: [UInt8]
    /// Nil for what the system itself did.
    public let data: TransactionData?
    /// Base64.
    public let signatures: [String]
    public let sender: SuiAddress
    public let effects: TransactionEffects
    /// Where its events stand among all events.
    public let events: Range<Int>
    /// When it ran, in milliseconds: what its calls saw on the clock.
    public let timestamp: Int64
}
