public import SuiProtocol

/// A batch with the bytes that were built for it, about to be stored. Nothing is sent before.
public struct SignedBatch: Hashable, Sendable {
    public let batch: ChargeBatch
    public let digest: TransactionDigest
    /// BCS of the transaction.
    public let bytes: [UInt8]
    /// Flag, signature and public key.
    public let signature: [UInt8]

    public init(
        _ batch: ChargeBatch, digest: TransactionDigest, bytes: [UInt8], signature: [UInt8]
    ) {
        self.batch = batch
        self.digest = digest
        self.bytes = bytes
        self.signature = signature
    }
}

/// What became of a batch that was to be stored.
public enum SigningOutcome: Hashable, Sendable {
    case signed
    /// Another lineage may still spend the gas coin's version, or the version is not the booked
    /// one. Nothing was written.
    case gasTaken
    /// Some operation is not as the batch says any more. Nothing was written.
    case operationsChanged
    /// Its earlier bytes may still run, so another gas coin may not be spent. Nothing was written.
    case notDead
    /// Too much has been signed within the hour. Nothing was written.
    case capReached
}
