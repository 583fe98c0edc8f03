public import Determinism

/// A transaction that ran, as a node tells it.
public struct NodeTransaction: Hashable, Sendable {
    public enum Status: Hashable, Sendable {
        case success
        case failure(NodeFailure)
    }

    public let digest: TransactionDigest
    public let status: Status
    public let epoch: UInt64?
    /// Nil until it is in one: only then does it count.
    public let checkpoint: Int64?
    public let at: Timestamp?
    /// What it paid with, as it left it; nil where it paid out of an address balance.
    public let gas: NodeGas?
    /// Coins of SUI that it made, changed or merged away, the gas coin among them, as it left them.
    /// Empty where the node was not asked.
    public let suiCoins: [NodeCoinChange]
    /// Empty where it failed, or where they were not asked for.
    public let events: [NodeEvent]

    public init(
        digest: TransactionDigest, status: Status, epoch: UInt64?, checkpoint: Int64?,
        at: Timestamp?, gas: NodeGas?, suiCoins: [NodeCoinChange], events: [NodeEvent]
    ) {
        self.digest = digest
        self.status = status
        self.epoch = epoch
        self.checkpoint = checkpoint
        self.at = at
        self.gas = gas
        self.suiCoins = suiCoins
        self.events = events
    }

    public var succeeded: Bool { status == .success }
}

/// Why a transaction failed. For a human, and to find the operation that spoiled a batch; no
/// outcome follows from it.
public struct NodeFailure: Hashable, Sendable {
    /// The node's words, at most 500 bytes.
    public let message: String
    /// Of a Move abort.
    public let abortCode: UInt64?
    /// The command that failed, from zero.
    public let command: Int?

    public init(message: String, abortCode: UInt64?, command: Int?) {
        self.message = message
        self.abortCode = abortCode
        self.command = command
    }
}

/// The gas coin after a transaction, in MIST.
public struct NodeGas: Hashable, Sendable {
    public let object: ObjectReference
    /// Computation and storage, less the rebate; below zero where more was given back.
    public let cost: Int64

    public init(object: ObjectReference, cost: Int64) {
        self.object = object
        self.cost = cost
    }
}

/// A coin of SUI after a transaction.
public struct NodeCoinChange: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        /// In MIST.
        case held(ObjectReference, by: SuiAddress, balance: UInt64)
        case gone
    }

    public let id: ObjectID
    public let state: State

    public init(id: ObjectID, state: State) {
        self.id = id
        self.state = state
    }
}
