/// Calls of Sui's own `coin` module. Source: `Docs/Sources.md#coins`.
extension TransactionBuilder {
    /// A coin of exactly `amount`, made from coins first, in the order given, and from the
    /// sender's address balance for what they lack. As few coins are taken as do.
    ///
    /// - Parameters:
    ///   - amount: in the coin's smallest unit; 0 makes an empty coin.
    ///   - addressBalance: what the sender has there and may spend.
    public mutating func coin(
        of type: TypeTag, amount: UInt64, from coins: [CoinHolding], addressBalance: UInt64 = 0
    ) throws(TransactionBuildError) -> TransactionArgument {
        guard amount > 0 else {
            return try coinCall("zero", type, [])
        }
        let (taken, sum) = try Self.coins(coins, for: amount)
        let lacking = amount - min(sum, amount)
        guard lacking <= addressBalance else {
            let (available, isTooLarge) = sum.addingReportingOverflow(addressBalance)
            throw .insufficientFunds(
                available: isTooLarge ? .max : available, required: amount)
        }
        var parts: [TransactionArgument] = []
        for coin in taken { parts.append(try owned(coin.reference)) }
        if lacking > 0 { parts.append(try redeem(lacking, of: type)) }
        let whole = parts[0]
        let limit = TransactionLimits.argumentsPerCommand
        for start in stride(from: 1, to: parts.count, by: limit) {
            try mergeCoins(into: whole, Array(parts[start...].prefix(limit)))
        }
        guard sum > amount else { return whole }
        return try splitCoins(whole, amounts: [amount])[0]
    }

    /// A coin out of the sender's address balance.
    public mutating func redeem(
        _ amount: UInt64, of type: TypeTag
    ) throws(TransactionBuildError) -> TransactionArgument {
        let funds = try funds(FundsWithdrawal(amount: amount, coinType: type))
        return try coinCall("redeem_funds", type, [funds])
    }

    private mutating func coinCall(
        _ function: MoveIdentifier, _ type: TypeTag, _ arguments: [TransactionArgument]
    ) throws(TransactionBuildError) -> TransactionArgument {
        try moveCall(MoveCall(.framework, "coin", function, types: [type], arguments)).value
    }

    /// Coins up to the one that makes the sum enough; empty ones are passed over.
    private static func coins(
        _ coins: [CoinHolding], for amount: UInt64
    ) throws(TransactionBuildError) -> (taken: [CoinHolding], sum: UInt64) {
        var (taken, sum): ([CoinHolding], UInt64) = ([], 0)
        for coin in coins where coin.balance > 0 && sum < amount {
            let (next, isTooLarge) = sum.addingReportingOverflow(coin.balance)
            guard !isTooLarge else { throw .amountTooLarge }
            sum = next
            taken.append(coin)
        }
        return (taken, sum)
    }
}
