public import SuiProtocol

/// What the issuer of a regulated coin has forbidden.
public struct CoinDenial: Sendable, Equatable {
    public let coinType: TypeTag
    /// Nobody may use it.
    public let isPaused: Bool
    /// These may neither send nor receive it.
    public let addresses: [SuiAddress]

    public init(coinType: TypeTag, isPaused: Bool, addresses: [SuiAddress]) {
        self.coinType = coinType
        self.isPaused = isPaused
        self.addresses = addresses
    }

    /// Why `address` may not have the coin; nil where it may.
    func failure(of address: SuiAddress) -> ExecutionFailure.Kind? {
        if addresses.contains(address) { return .addressDenied(address, coinType) }
        return isPaused ? .coinPaused(coinType) : nil
    }
}
