import Authentication
import Observability
import SuiProtocol

/// What every new wallet finds on the simulated chain with `MOCK_ESCROW`, so that a developer can
/// pay at once.
enum WalletGifts {
    /// 10 SUI in MIST, 1000 USDC in micro-USDC.
    private static let gas: UInt64 = 10_000_000_000
    private static let money: UInt64 = 1_000_000_000

    /// - Returns: nil where nothing is given away.
    static func welcome(
        _ configuration: Configuration, logger: Logger
    ) -> SignInServices.Welcome? {
        guard configuration.mocks.escrow,
            let endpoint = configuration.node.endpoints.first?.url.text
        else { return nil }
        let node = SimulatedNode(url: SimulatedNode.origin(of: endpoint))
        return { address in
            do throws(SimulatedNodeError) {
                try await give(to: address, by: node)
            } catch {
                logger.warning("a new wallet was given nothing", ("why", .text("\(error)")))
            }
        }
    }

    /// Nothing for a wallet that has SUI, so that none gets it twice: what it keeps for gas.
    private static func give(
        to address: SuiAddress, by node: SimulatedNode
    ) async throws(SimulatedNodeError) {
        let sui = KnownCoin.sui.type
        guard try await node.balance(of: address, sui) == 0 else { return }
        let coin = try await node.facts().coinType
        try await node.mint(money, of: coin, to: address)
        try await node.mint(gas, of: sui, to: address)
    }
}
