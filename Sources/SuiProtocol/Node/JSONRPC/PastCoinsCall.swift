public import ByteCodecs

/// What coins held in certain versions, which need not be their newest.
public struct PastCoinsCall: JSONRPCCall {
    public static let method = "sui_tryMultiGetPastObjects"
    /// The service's own.
    public static let limit = 50

    private let coins: [ObjectReference]

    /// - Parameter coins: at most ``limit``.
    public init(_ coins: [ObjectReference]) {
        self.coins = coins
    }

    public var parameters: [JSONValue] {
        [
            .array(
                coins.map { ["objectId": "\($0.id)", "version": .string("\($0.version)")] }),
            ["showBcs": true],
        ]
    }

    /// Balances of all of them.
    public func answer(
        from result: JSONValue
    ) throws(NodeAnswerFault) -> [ObjectReference: UInt64] {
        guard case .array(let entries) = result, entries.count == coins.count else {
            throw .unusable("another number of answers")
        }
        var balances: [ObjectReference: UInt64] = [:]
        for (coin, entry) in zip(coins, entries) {
            let answer = try AnswerObject(entry, "object")
            guard try answer.string("status") == "VersionFound" else {
                throw .unusable("a version of a coin is not kept")
            }
            let details = try answer.object("details")
            guard try details.plainReference() == coin else {
                throw .unusable("another coin than the one asked for")
            }
            let contents = try details.object("bcs").bytes("bcsBytes")
            balances[coin] = try CoinContents.balance(contents, of: coin.id)
        }
        return balances
    }
}
