public import Determinism

/// How a node stands: its network, epoch, tip and index.
public struct NodeStatus: Hashable, Sendable {
    /// As the node names it: the whole digest, or its first four bytes in hex. Compare with
    /// ``ChainIdentifier/isNamed(by:)``.
    public let chain: String
    public let epoch: NodeEpoch
    /// The newest checkpoint.
    public let tip: Int64
    public let tipAt: Timestamp
    /// The last checkpoint whose events and transactions can be listed; at most ``tip``.
    public let indexed: Int64
    /// The first checkpoint whose events and transactions can still be listed.
    public let firstAvailable: Int64

    public init(
        chain: String, epoch: NodeEpoch, tip: Int64, tipAt: Timestamp, indexed: Int64,
        firstAvailable: Int64
    ) {
        self.chain = chain
        self.epoch = epoch
        self.tip = tip
        self.tipAt = tipAt
        self.indexed = indexed
        self.firstAvailable = firstAvailable
    }
}

/// An epoch, about a day long.
public struct NodeEpoch: Hashable, Sendable {
    public let number: UInt64
    /// MIST for a unit of gas; a transaction offers at least this.
    public let referenceGasPrice: UInt64

    public init(number: UInt64, referenceGasPrice: UInt64) {
        self.number = number
        self.referenceGasPrice = referenceGasPrice
    }
}
