public import Determinism
public import SuiProtocol

/// A transaction that a checkpoint holds and that failed: its gas coin's version is spent, and no
/// operation has an outcome by it.
public struct FailedTransaction: Hashable, Sendable {
    public var digest: TransactionDigest
    public var checkpoint: Int64
    public var at: Timestamp
    public var failure: NodeFailure

    public init(
        digest: TransactionDigest, checkpoint: Int64, at: Timestamp, failure: NodeFailure
    ) {
        self.digest = digest
        self.checkpoint = checkpoint
        self.at = at
        self.failure = failure
    }
}
