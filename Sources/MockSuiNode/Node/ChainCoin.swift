import SuiProtocol

/// Coins whose metadata the chain has.
struct ChainCoin {
    let decimals: Int64
    let symbol: String
    let name: String

    init?(_ type: TypeTag, _ genesis: Genesis) {
        switch type {
        case .sui: (decimals, symbol, name) = (9, "SUI", "Sui")
        case genesis.usdcType: (decimals, symbol, name) = (6, "USDC", "USDC")
        default: return nil
        }
    }
}
