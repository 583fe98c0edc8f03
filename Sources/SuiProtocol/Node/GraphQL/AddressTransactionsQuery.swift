public import ByteCodecs

/// A page of the transactions of some checkpoints that an address had to do with, oldest first:
/// also those that only brought it something (``ToldTransaction/isOf(_:)``).
public struct AddressTransactionsQuery: GraphQLQuery {
    public static let document = """
        query AddressTransactions($address: SuiAddress!, $after: String, $from: UInt53, \
        $before: UInt53!, $last: UInt53!) { chainIdentifier serviceConfig { \
        availableRange(type: "Query", field: "transactions") { first { sequenceNumber } \
        last { sequenceNumber } } } \(GraphQLFragments.window) transactions(first: 50, \
        after: $after, filter: { affectedAddress: $address, afterCheckpoint: $from, \
        beforeCheckpoint: $before }) { pageInfo { hasNextPage endCursor } \
        nodes { \(GraphQLFragments.transaction) effects { \(GraphQLFragments.effects) \
        objectChanges(first: 50) { \(GraphQLFragments.changes) } } } } }
        """

    private let address: SuiAddress
    private let range: ClosedRange<Int64>
    private let last: Int64
    private let after: String?

    /// Parameters as ``EventsQuery``'s.
    public init(
        _ address: SuiAddress, in range: ClosedRange<Int64>, last: Int64, after: String?
    ) {
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
            told.append(try node.transaction(hasChanges: true, hasEvents: false))
        }
        try ChainOrder.check(told.map(\.transaction), in: range)
        return try GraphQLWindow.page(
            told, try connection.object("pageInfo"),
            available: try data.object("serviceConfig").range("availableRange"), after: after,
            data)
    }
}
