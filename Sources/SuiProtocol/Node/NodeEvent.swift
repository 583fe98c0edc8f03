public import Determinism

/// An event as a node tells it, out of a transaction with status success.
public struct NodeEvent: Hashable, Sendable {
    public let transaction: TransactionDigest
    /// Its place in the transaction, from zero.
    public let sequence: Int64
    /// Nil as long as its transaction is in none.
    public let checkpoint: Int64?
    /// When its checkpoint was made; nil as ``checkpoint``.
    public let at: Timestamp?
    public let type: StructTag
    public let bcs: [UInt8]
    /// What all objects of the transaction have as their version: that of an object which the
    /// transaction shared is its initial shared version. Nil where the node does not say.
    public let lamportVersion: UInt64?

    public init(
        transaction: TransactionDigest, sequence: Int64, checkpoint: Int64?, at: Timestamp?,
        type: StructTag, bcs: [UInt8], lamportVersion: UInt64?
    ) {
        self.transaction = transaction
        self.sequence = sequence
        self.checkpoint = checkpoint
        self.at = at
        self.type = type
        self.bcs = bcs
        self.lamportVersion = lamportVersion
    }
}
