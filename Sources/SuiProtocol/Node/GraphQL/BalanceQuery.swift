public import ByteCodecs

/// What an address has of a coin.
public struct BalanceQuery: GraphQLQuery {
    public static let document = """
        query Balance($owner: SuiAddress!, $coin: String!) { chainIdentifier \
        address(address: $owner) { balance(coinType: $coin) { coinType { repr } totalBalance \
        coinBalance addressBalance } } }
        """

    private let owner: SuiAddress
    private let coin: TypeTag

    public init(of owner: SuiAddress, coin: TypeTag) {
        self.owner = owner
        self.coin = coin
    }

    public var variables: JSONObject {
        ["owner": .string(owner.description), "coin": .string(coin.description)]
    }

    /// A part that the service leaves out is nothing; the total shows whether that is so.
    public func value(in data: AnswerObject) throws(NodeAnswerFault) -> NodeBalance {
        let balance = try data.object("address").object("balance")
        let coins = try balance.optionalNumber("coinBalance") ?? 0
        let address = try balance.optionalNumber("addressBalance") ?? 0
        let (sum, isTooLarge) = coins.addingReportingOverflow(address)
        guard !isTooLarge, sum == (try balance.number("totalBalance")) else {
            throw .unusable("a balance that is not the sum of its parts")
        }
        return NodeBalance(inCoins: coins, inAddress: address)
    }
}
