public import SuiProtocol

/// An address balance: money that is in no coin.
public struct BalanceKey: Hashable, Sendable {
    public let owner: SuiAddress
    public let coinType: TypeTag
}
