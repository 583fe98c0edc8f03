public import SuiProtocol

/// Which contract, and whose operator, accounts have to be of.
public struct EscrowTerms: Hashable, Sendable {
    public let contract: EscrowContract
    public let `operator`: ObjectID
    /// The network; nil where it is not known, and then gas is paid with coins alone.
    public let chain: ChainIdentifier?

    public init(contract: EscrowContract, operator: ObjectID, chain: ChainIdentifier?) {
        self.contract = contract
        self.operator = `operator`
        self.chain = chain
    }
}
