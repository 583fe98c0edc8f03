public import Determinism
public import Identifiers
public import SuiProtocol

/// A transaction that was built for a customer's wallet, or that the wallet says it has sent.
public struct WalletTransaction: Hashable, Sendable {
    /// How it stands. What became of money is told by the follower's bookings alone.
    public enum State: String, Sendable, CaseIterable {
        /// Handed out, and nothing of it came back.
        case built
        /// Its digest was told to us; nobody has seen it.
        case watched
        /// Sent; its outcome is not known.
        case submitted
        /// A node says that it ran; it is not yet booked.
        case executed
        /// A node says that it ran and failed: only gas was paid.
        case failed
        /// Its last epoch is over, and no node knows it.
        case expired
        /// Booked out of a checkpoint.
        case confirmed

        /// Whether a node is worth asking.
        var isOpen: Bool { self == .watched || self == .submitted }
    }

    public let digest: TransactionDigest
    /// Nil where the wallet made it by itself.
    public let kind: WalletRequest.Kind?
    public let account: AccountID?
    public let amount: MicroUSDC?
    public let spendingLimit: MicroUSDC?
    /// BCS; empty where the wallet made it by itself.
    public let bytes: [UInt8]
    /// The last epoch in which it can run.
    public let lastEpoch: Int64?
    /// What it does, for people.
    public let summary: String?
    public internal(set) var state: State
    public internal(set) var lastError: String?
    public let createdAt: Timestamp
    public internal(set) var submittedAt: Timestamp?
}

/// One line of a wallet's history: what was booked, or what is on its way.
public struct WalletMovement: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case open, deposit, withdraw, charge, refund, other
        case setSpendingLimit = "set_spending_limit"
    }

    public let digest: TransactionDigest
    public let kind: Kind
    /// What moved, or the new limit; nil where that is not known.
    public let amount: MicroUSDC?
    public let account: AccountID?
    public let balanceAfter: MicroUSDC?
    /// Nil until it is booked.
    public let checkpoint: Int64?
    public let state: WalletTransaction.State
    public let at: Timestamp
    /// With ``at``, its place in the list.
    public let place: [UInt8]
}
