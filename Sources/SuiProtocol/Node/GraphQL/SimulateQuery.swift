public import ByteCodecs

/// Runs a transaction without effect and without signatures.
public struct SimulateQuery: GraphQLQuery {
    public static let document = """
        query Simulate($transaction: JSON!) { chainIdentifier \
        simulateTransaction(transaction: $transaction, checksEnabled: true, \
        doGasSelection: false) { effects { status \(GraphQLFragments.failure) \
        gasEffects { \(GraphQLFragments.gasSummary) } transaction { transactionBcs } } } }
        """

    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public var variables: JSONObject {
        ["transaction": ["bcs": ["value": .string(Base64.encode(bytes))]]]
    }

    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> NodeSimulation {
        let effects = try data.object("simulateTransaction").object("effects")
        if let transaction = try effects.optionalObject("transaction"),
            transaction["transactionBcs"] != nil
        {
            guard try transaction.bytes("transactionBcs") == bytes else {
                throw .unusable("another transaction than the one sent")
            }
        }
        return NodeSimulation(
            status: try effects.status(),
            gas: try effects.object("gasEffects").object("gasSummary").gasCosts())
    }
}
