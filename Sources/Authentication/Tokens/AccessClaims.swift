public import Determinism
public import Identifiers
public import SuiProtocol

/// What an access token says of its bearer.
public struct AccessClaims: Sendable, Equatable {
    public var sessionID: SessionID
    public var customerID: CustomerID
    /// Also the token's `sub`.
    public var walletAddress: SuiAddress
    /// Such as `sui:mainnet`.
    public var chain: String
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp
    /// The token's own id, `jti`.
    public var tokenID: String
}
