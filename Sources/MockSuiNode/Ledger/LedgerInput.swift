public import SuiProtocol

/// All that can happen to a chain. The journal is a list of these.
public enum LedgerInput: Sendable, Equatable {
    /// Money from nowhere.
    public struct Mint: Sendable, Equatable {
        public let address: SuiAddress
        public let coinType: TypeTag
        public let amount: UInt64
        /// Into the address balance rather than a new coin.
        public let isBalance: Bool

        public init(
            to address: SuiAddress, of coinType: TypeTag, amount: UInt64, isBalance: Bool = false
        ) {
            self.address = address
            self.coinType = coinType
            self.amount = amount
            self.isBalance = isBalance
        }
    }

    /// Times are milliseconds since 1970; the chain's clock never goes back.
    ///
    /// A cancelled one pays its gas and does nothing: its shared objects are wanted by too many.
    case execute([UInt8], signatures: [String], at: Int64, isCancelled: Bool = false)
    case mint(Mint, at: Int64)
    /// Takes the place of what was forbidden before for that coin.
    case deny(CoinDenial)
    case checkpoint(at: Int64)
    /// The end of an epoch.
    case epoch(at: Int64)
    /// From here on the chain's clock runs so much ahead of the machine's, on top of before.
    case clock(advance: Int64)
}
