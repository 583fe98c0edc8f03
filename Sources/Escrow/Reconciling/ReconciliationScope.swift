public import Determinism
public import Identifiers
public import SuiProtocol

/// What is compared; everything where nothing is named.
public struct ReconciliationScope: Hashable, Sendable {
    /// Events from then on, and what they caused.
    public var since: Timestamp?
    public var customer: CustomerID?
    /// One transaction.
    public var digest: TransactionDigest?

    public init(
        since: Timestamp? = nil, customer: CustomerID? = nil, digest: TransactionDigest? = nil
    ) {
        self.since = since
        self.customer = customer
        self.digest = digest
    }

    /// For whoever compares by the stored bytes.
    public var digestBytes: [UInt8]? { digest?.bytes }

    public var isWhole: Bool { self == ReconciliationScope() }
}
