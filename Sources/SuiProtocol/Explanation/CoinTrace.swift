/// Follows coins through a transaction's commands, as far as the bytes alone tell.
///
/// What a call may have changed is unknown afterwards: rather no amount than a wrong one.
struct CoinTrace {
    /// A value: an input, or a place among a command's results. `Result(i)` is place 0.
    private enum Place: Hashable {
        case gasCoin
        case input(UInt16)
        case result(UInt16, UInt16)

        init(_ argument: TransactionArgument) {
            switch argument {
            case .gasCoin: self = .gasCoin
            case .input(let index): self = .input(index)
            case .result(let command): self = .result(command, 0)
            case .nestedResult(let command, let place): self = .result(command, place)
            }
        }
    }

    private let inputs: [TransactionInput]
    private var coins: [Place: TracedCoin] = [
        .gasCoin: TracedCoin(amount: nil, type: KnownCoin.sui.type)
    ]
    private var nextCommand: UInt16 = 0

    init(inputs: [TransactionInput]) {
        self.inputs = inputs
        for (index, input) in inputs.enumerated() {
            guard case .funds(let funds) = input, let index = UInt16(exactly: index) else {
                continue
            }
            coins[.input(index)] = TracedCoin(amount: funds.amount, type: funds.coinType)
        }
    }

    /// The coin, or the withdrawal, before the next command.
    func coin(_ argument: TransactionArgument) -> TracedCoin {
        coins[Place(argument)] ?? .unknown
    }

    /// The value of a pure input, where it has the eight bytes of one.
    func u64(_ argument: TransactionArgument) -> UInt64? {
        guard let bytes = pure(argument), bytes.count == 8 else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    func pure(_ argument: TransactionArgument) -> [UInt8]? {
        guard case .pure(let bytes)? = input(argument) else { return nil }
        return bytes
    }

    func input(_ argument: TransactionArgument) -> TransactionInput? {
        guard case .input(let index) = argument, Int(index) < inputs.count else { return nil }
        return inputs[Int(index)]
    }

    /// Goes past a command.
    ///
    /// - Parameter yielded: the coin that a call is known to yield.
    mutating func pass(_ command: TransactionCommand, yielding yielded: TracedCoin?) {
        switch command {
        case .splitCoins(let coin, let amounts): split(coin, amounts)
        case .mergeCoins(let target, let others): merge(target, others)
        case .moveCall(let call): forget(call.arguments)
        case .transferObjects(let objects, _): forget(objects)
        case .makeMoveVector(_, let elements): forget(elements)
        case .publish, .upgrade: break
        }
        if let yielded { coins[.result(nextCommand, 0)] = yielded }
        nextCommand &+= 1
    }

    private mutating func split(_ coin: TransactionArgument, _ amounts: [TransactionArgument]) {
        var source = self.coin(coin)
        for (place, argument) in amounts.enumerated() {
            let amount = u64(argument)
            if let rest = source.amount, let amount, amount <= rest {
                source.amount = rest - amount
            } else {
                source.amount = nil
            }
            coins[.result(nextCommand, UInt16(truncatingIfNeeded: place))] = TracedCoin(
                amount: amount, type: source.type)
        }
        coins[Place(coin)] = source
    }

    private mutating func merge(
        _ target: TransactionArgument, _ others: [TransactionArgument]
    ) {
        var sum = coin(target)
        for other in others {
            let added = coin(other)
            if let amount = sum.amount, let more = added.amount {
                let (total, isTooLarge) = amount.addingReportingOverflow(more)
                sum.amount = isTooLarge ? nil : total
            } else {
                sum.amount = nil
            }
            sum.type = sum.type ?? added.type  // Only coins of one type can be merged.
        }
        forget(others)
        coins[Place(target)] = sum
    }

    private mutating func forget(_ arguments: [TransactionArgument]) {
        for argument in arguments {
            coins[Place(argument)] = TracedCoin(amount: nil, type: coin(argument).type)
        }
    }
}
