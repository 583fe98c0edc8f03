public import ByteCodecs

/// A page of the transactions of some checkpoints that an address had to do with, oldest first:
/// also those that only brought it something (``ToldTransaction/isOf(_:)``).
///
/// A batch of charges changes hundreds of objects, and the one that matters is its gas coin: the
/// others are asked for only where its bytes do not show that there is no other coin of SUI.
public struct AddressTransactionsQuery: GraphQLQuery {
    public static let document = """
        query AddressTransactions($address: SuiAddress!, $after: String, $from: UInt53, \
        $before: UInt53!, $last: UInt53!) { chainIdentifier serviceConfig { \
        availableRange(type: "Query", field: "transactions") { first { sequenceNumber } \
        last { sequenceNumber } } } \(GraphQLFragments.window) transactions(first: 50, \
        after: $after, filter: { affectedAddress: $address, afterCheckpoint: $from, \
        beforeCheckpoint: $before }) { pageInfo { hasNextPage endCursor } \
        nodes { \(GraphQLFragments.transaction) effects { \
        \(GraphQLFragments.effectsWithCoin) } } } }
        """

    private let address: SuiAddress
    private let module: EventModule
    private let range: ClosedRange<Int64>
    private let last: Int64
    private let after: String?

    /// - Parameters:
    ///   - module: whose functions are known to change no coin of SUI but the one that pays.
    ///   - last: as ``EventsQuery``'s, like the others.
    public init(
        _ address: SuiAddress, calling module: EventModule, in range: ClosedRange<Int64>,
        last: Int64, after: String?
    ) {
        self.module = module
        self.address = address
        self.range = range
        self.last = last
        self.after = after
    }

    public var variables: JSONObject {
        var variables = GraphQLWindow.variables(range, last: last, after: after)
        variables["address"] = .string(address.description)
        return variables
    }

    public func value(
        in data: AnswerObject
    ) throws(NodeAnswerFault) -> NodePage<ToldTransaction> {
        let connection = try data.object("transactions")
        var told: [ToldTransaction] = []
        for node in try connection.objects("nodes") {
            told.append(try node.transaction(calling: module))
        }
        try ChainOrder.check(told.map(\.transaction), in: range)
        return try GraphQLWindow.page(
            told, try connection.object("pageInfo"),
            available: try data.object("serviceConfig").range("availableRange"), after: after,
            data)
    }
}
