/// A trusted full node, whichever wire format it speaks.
///
/// Every call has a time limit, a size limit and an end. Nothing here is an outcome: what counts is
/// what ``checkpoints(_:ofModule:affecting:)`` reads out of checkpoints.
public protocol SuiNode: Sendable {
    /// The network, its epoch and how far it and its index have come.
    func status() async throws(SuiNodeError) -> NodeStatus

    /// All of a range, or an error: never a part of it.
    ///
    /// - Parameters:
    ///   - range: whole checkpoints, all of them indexed.
    ///   - module: the one that **defines** the events' types, whoever was called.
    ///   - address: whose transactions are wanted as well, those it sent or paid for.
    /// - Throws: ``SuiNodeError/historyPruned(firstAvailable:)``,
    ///   ``SuiNodeError/notIndexed(indexed:)``.
    func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) async throws(SuiNodeError) -> NodeCheckpoints

    /// Those that the node knows. One that is missing never existed, is not indexed yet, or was
    /// pruned: that says nothing.
    func transactions(
        _ digests: [TransactionDigest]
    ) async throws(SuiNodeError) -> [TransactionDigest: NodeTransaction]

    /// Sends signed bytes. The same ones may be sent any number of times.
    ///
    /// - Parameter signatures: serialized, each a flag, a signature and a public key.
    /// - Throws: ``SuiNodeError/unavailable`` where the outcome is unknown,
    ///   ``SuiNodeError/refused(_:)`` where the node will not run these bytes **now**; neither
    ///   means that they never run.
    func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) async throws(SuiNodeError) -> NodeTransaction

    /// Runs unsigned bytes without effect.
    func simulate(_ transaction: [UInt8]) async throws(SuiNodeError) -> NodeSimulation

    /// Objects in their newest versions; one that is missing does not exist or is not indexed yet.
    func objects(_ ids: [ObjectID]) async throws(SuiNodeError) -> [ObjectID: NodeObject]

    /// Coin objects of an owner, the largest ones first where there are more than `limit`.
    func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int
    ) async throws(SuiNodeError) -> [CoinHolding]

    /// As above, but many more are looked at where those `limit` that were found are not worth so
    /// much: dust costs nothing to send, and hides what was there before it.
    ///
    /// - Parameter worth: in the coin's smallest unit, of all together.
    func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int, worth: UInt64
    ) async throws(SuiNodeError) -> [CoinHolding]

    func balance(
        of owner: SuiAddress, coin: TypeTag
    ) async throws(SuiNodeError) -> NodeBalance

    /// The same nodes, asked on behalf of a request: its `traceparent` goes along.
    func tracing(_ traceparent: String?) -> any SuiNode
}

extension SuiNode {
    public func tracing(_ traceparent: String?) -> any SuiNode { self }

    public func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int, worth: UInt64
    ) async throws(SuiNodeError) -> [CoinHolding] {
        try await coins(of: owner, type: type, limit: limit)
    }
}
