import ByteCodecs

/// Says amounts and arguments in words.
struct Wording {
    let coins: [KnownCoin]

    func amount(_ amount: UInt64, of type: TypeTag?) -> String {
        guard let type else { return "\(amount) units" }
        guard let coin = coins.first(where: { $0.type == type }) else {
            return "\(amount) units of \(type)"
        }
        return coin.text(amount)
    }

    func coin(_ coin: TracedCoin, _ argument: TransactionArgument, in trace: CoinTrace) -> String {
        guard let units = coin.amount else {
            return "all of \(value(argument, in: trace)) (amount not in the transaction)"
        }
        return amount(units, of: coin.type)
    }

    func limit(_ limit: UInt64, of type: TypeTag?) -> String {
        limit == 0
            ? "no spending limit" : "a spending limit of \(amount(limit, of: type)) per 28 days"
    }

    /// An argument by what stands behind it.
    func value(_ argument: TransactionArgument, in trace: CoinTrace) -> String {
        switch argument {
        case .gasCoin: return "the gas coin"
        case .result(let command): return "the result of command \(command)"
        case .nestedResult(let command, let place):
            return "result \(place) of command \(command)"
        case .input(let index):
            switch trace.input(argument) {
            case .pure(let bytes): return "0x" + Hex.encode(bytes)
            case .object(.owned(let reference)): return "object \(reference.id)"
            case .object(.shared(let object, _)): return "shared object \(object.id)"
            case .object(.receiving(let reference)): return "received object \(reference.id)"
            case .funds(let funds):
                return "a withdrawal of \(amount(funds.amount, of: funds.coinType))"
            case nil: return "input \(index), which there is not"
            }
        }
    }
}
