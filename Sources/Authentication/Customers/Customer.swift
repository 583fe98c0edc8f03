public import Determinism
public import Identifiers
public import SuiProtocol

public enum CustomerStatus: String, Sendable {
    case active
    /// May not sign in; what is on chain stays theirs to withdraw.
    case closed
}

/// Somebody with a wallet.
public struct Customer: Sendable, Equatable {
    public var id: CustomerID
    public var walletAddress: SuiAddress
    public var status: CustomerStatus
    public var displayName: String?
    public var createdAt: Timestamp
    /// The one that is charged; nil before one was opened and seen.
    public var escrowAccount: AccountID? = nil
}
