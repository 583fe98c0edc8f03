/// A network, named as the Wallet Standard names it: `sui:mainnet`.
///
/// CAIP-2 has another form, the first bytes of the genesis checkpoint; wallets do not speak it.
public enum SuiChain: String, Sendable, CaseIterable {
    case mainnet = "sui:mainnet"
    case testnet = "sui:testnet"
    case devnet = "sui:devnet"
    case localnet = "sui:localnet"
}
