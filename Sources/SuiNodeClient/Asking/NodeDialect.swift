import SuiProtocol

/// What an endpoint can be asked in its wire format. As ``SuiNode``, of one endpoint.
protocol NodeDialect: Sendable {
    func chain() async throws(NodeFault) -> String
    func status() async throws(NodeFault) -> NodeStatus
    func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) async throws(NodeFault) -> NodeCheckpoints
    func transactions(
        _ digests: [TransactionDigest]
    ) async throws(NodeFault) -> [NodeTransaction]
    func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) async throws(NodeFault) -> NodeTransaction
    func simulate(_ transaction: [UInt8]) async throws(NodeFault) -> NodeSimulation
    func objects(_ ids: [ObjectID]) async throws(NodeFault) -> [NodeObject]
    /// All that were found within the pages that are `wanted`.
    func coins(
        of owner: SuiAddress, type: TypeTag, _ wanted: WantedCoins
    ) async throws(NodeFault) -> [CoinHolding]
    func balance(of owner: SuiAddress, coin: TypeTag) async throws(NodeFault) -> NodeBalance
    /// - Throws: ``NodeFault/refused(_:)`` where it does not hold.
    func verify(_ query: VerifySignatureQuery) async throws(NodeFault)
}
