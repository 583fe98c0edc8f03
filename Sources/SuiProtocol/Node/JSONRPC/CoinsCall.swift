public import ByteCodecs

/// A page of an address's coins of one type.
public struct CoinsCall: JSONRPCCall {
    public static let method = "suix_getCoins"

    private let owner: SuiAddress
    private let type: TypeTag
    private let after: String?

    public init(of owner: SuiAddress, type: TypeTag, after: String?) {
        self.owner = owner
        self.type = type
        self.after = after
    }

    public var parameters: [JSONValue] {
        ["\(owner)", "\(type)", after.map { .string($0) } ?? .null, 50]
    }

    public func answer(
        from result: JSONValue
    ) throws(NodeAnswerFault) -> NodeContinuation<CoinHolding> {
        let page = try AnswerObject(result, "result")
        var coins: [CoinHolding] = []
        for entry in try page.objects("data") {
            guard (try? TypeTag(parsing: try entry.string("coinType"))) == type else {
                throw .unusable("a coin of another type")
            }
            let reference = ObjectReference(
                id: try entry.address("coinObjectId"), version: try entry.number("version"),
                digest: try entry.digest("digest"))
            coins.append(CoinHolding(reference, balance: try entry.number("balance")))
        }
        guard try page.bool("hasNextPage") else { return NodeContinuation(coins, next: nil) }
        let next = try page.string("nextCursor")
        guard next != after else { throw .unusable("a list does not go on") }
        return NodeContinuation(coins, next: next)
    }
}

/// What an address has of a coin.
public struct BalanceCall: JSONRPCCall {
    public static let method = "suix_getBalance"

    private let owner: SuiAddress
    private let coin: TypeTag

    public init(of owner: SuiAddress, coin: TypeTag) {
        self.owner = owner
        self.coin = coin
    }

    public var parameters: [JSONValue] { ["\(owner)", "\(coin)"] }

    /// Older nodes know of no address balances.
    public func answer(from result: JSONValue) throws(NodeAnswerFault) -> NodeBalance {
        let balance = try AnswerObject(result, "result")
        let total = try balance.number("totalBalance")
        let address = try balance.optionalNumber("fundsInAddressBalance") ?? 0
        guard address <= total else {
            throw .unusable("a balance that is not the sum of its parts")
        }
        return NodeBalance(inCoins: total - address, inAddress: address)
    }
}
