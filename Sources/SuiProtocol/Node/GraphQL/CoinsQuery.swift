public import ByteCodecs

/// A page of an address's coins of one type.
public struct CoinsQuery: GraphQLQuery {
    public static let document = """
        query Coins($owner: SuiAddress!, $type: String!, $after: String) { chainIdentifier \
        address(address: $owner) { objects(first: 50, after: $after, filter: { type: $type }) { \
        pageInfo { hasNextPage endCursor } nodes { address version digest contents { \
        type { repr } bcs } } } } }
        """

    private let owner: SuiAddress
    private let type: StructTag
    private let after: String?

    /// - Parameter type: of the coin, not of the object.
    public init(of owner: SuiAddress, type: TypeTag, after: String?) {
        self.owner = owner
        self.type = .coin(of: type)
        self.after = after
    }

    public var variables: JSONObject {
        [
            "owner": .string(owner.description), "type": .string(type.description),
            "after": after.map { .string($0) } ?? .null,
        ]
    }

    public func value(
        in data: AnswerObject
    ) throws(NodeAnswerFault) -> NodeContinuation<CoinHolding> {
        let connection = try data.object("address").object("objects")
        var coins: [CoinHolding] = []
        for node in try connection.objects("nodes") {
            let reference = try node.reference()
            let contents = try node.object("contents")
            guard try contents.object("type").type("repr") == type else {
                throw .unusable("a coin of another type")
            }
            let balance = try CoinContents.balance(
                try contents.bytes("bcs"), of: reference.id)
            coins.append(CoinHolding(reference, balance: balance))
        }
        return NodeContinuation(
            coins, next: try GraphQLWindow.next(try connection.object("pageInfo"), after: after))
    }
}
