/// Calls that a customer signs. Amounts are in the coin's smallest unit.
extension EscrowContract {
    /// Opens an account for the sender.
    ///
    /// - Parameters:
    ///   - spendingLimit: for each period; 0 is no limit.
    ///   - payment: a coin, which may be empty.
    public func open(
        _ operator: SharedObject, spendingLimit: UInt64, payment: TransactionArgument,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try checkAmount(spendingLimit)
        try call(
            "open",
            [
                try builder.shared(`operator`, .immutable), try builder.pure(.u64(spendingLimit)),
                payment, try builder.shared(.clock, .immutable),
            ], in: &builder)
    }

    /// - Parameter payment: a coin that is not empty.
    public func deposit(
        _ payment: TransactionArgument, into account: SharedObject,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try call("deposit", [try builder.shared(account, .mutable), payment], in: &builder)
    }

    /// Takes in a coin that was sent to the account's own address by mistake.
    public func receive(
        _ coin: ObjectReference, into account: SharedObject,
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try call(
            "receive", [try builder.shared(account, .mutable), try builder.receiving(coin)],
            in: &builder)
    }

    /// - Returns: the coin taken out, which must go somewhere.
    public func withdraw(
        _ amount: UInt64, from account: SharedObject, in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) -> TransactionArgument {
        try call(
            "withdraw", [try builder.shared(account, .mutable), try builder.pure(.u64(amount))],
            in: &builder
        ).value
    }

    /// - Parameter limit: for each period; 0 is no limit.
    public func setSpendingLimit(
        _ limit: UInt64, of account: SharedObject, in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        try checkAmount(limit)
        try call(
            "set_spending_limit",
            [
                try builder.shared(account, .mutable), try builder.pure(.u64(limit)),
                try builder.shared(.clock, .immutable),
            ], in: &builder)
    }

    /// A call with the coin as its type argument.
    @discardableResult
    func call(
        _ function: MoveIdentifier, _ arguments: [TransactionArgument],
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) -> CommandResults {
        try builder.moveCall(
            MoveCall(package, Self.module, function, types: [coin], arguments))
    }

    func checkAmount(_ amount: UInt64) throws(TransactionBuildError) {
        guard amount <= EscrowRules.amountLimit else { throw .amountTooLarge }
    }
}
