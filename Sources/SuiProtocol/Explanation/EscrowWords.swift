import ByteCodecs

/// The escrow contract's calls in sentences.
struct EscrowWords {
    let call: MoveCall
    let trace: CoinTrace
    let wording: Wording

    /// Nil where the call has not the shape that the contract's function has.
    var sentence: String? {
        let coinCount =
            ["create_operator", "rotate_charger"].contains(call.function.description) ? 0 : 1
        guard call.module == EscrowContract.module, call.typeArguments.count == coinCount else {
            return nil
        }
        return switch call.function {
        case "open": open
        case "deposit": deposit
        case "receive": receive
        case "withdraw": withdraw
        case "set_spending_limit": setSpendingLimit
        case "charge": charge
        case "cancel": cancel
        case "refund": refund
        case "join": join
        case "settle": settle
        case "create_operator": createOperator
        case "rotate_charger": rotateCharger
        default: nil
        }
    }

    /// What the call yields, where that is a coin.
    var yielded: TracedCoin? {
        guard call.function == "withdraw", sentence != nil else { return nil }
        return TracedCoin(amount: u64(1), type: coinType)
    }

    private var open: String? {
        guard has(4), let operatorID = shared(0), let limit = u64(1), shared(3) == .clock else {
            return nil
        }
        return "Opens an escrow account with operator \(operatorID), pays in \(payment(2)) and "
            + "sets \(wording.limit(limit, of: coinType))."
    }

    private var deposit: String? {
        guard has(2), let account = shared(0) else { return nil }
        return "Deposits \(payment(1)) into escrow account \(account)."
    }

    private var receive: String? {
        guard has(2), let account = shared(0),
            case .object(.receiving(let coin))? = trace.input(call.arguments[1])
        else { return nil }
        return "Takes coin \(coin.id), which was sent to the address of escrow account "
            + "\(account), into that account."
    }

    private var withdraw: String? {
        guard has(2), let account = shared(0), let amount = u64(1) else { return nil }
        return "Withdraws \(money(amount)) from escrow account \(account)."
    }

    private var setSpendingLimit: String? {
        guard has(3), let account = shared(0), let limit = u64(1), shared(2) == .clock else {
            return nil
        }
        return "Sets \(wording.limit(limit, of: coinType)) for escrow account \(account)."
    }

    private var charge: String? {
        guard has(6), let account = shared(0), let operatorID = shared(1), let number = u64(2),
            let amount = u64(3), let reference = bytes(4), shared(5) == .clock
        else { return nil }
        return "Charges escrow account \(account) \(money(amount)) for operator \(operatorID), "
            + "as its operation \(number), reference \(Hex.encode(reference))."
    }

    private var cancel: String? {
        guard has(4), let account = shared(0), let operatorID = shared(1), let number = u64(2),
            let reference = bytes(3)
        else { return nil }
        return "Cancels operation \(number) of escrow account \(account) for operator "
            + "\(operatorID), reference \(Hex.encode(reference)); no money moves."
    }

    private var refund: String? {
        guard has(5), let account = shared(0), let operatorID = shared(1), let number = u64(2),
            let reference = bytes(4)
        else { return nil }
        return "Refunds \(payment(3)) to escrow account \(account) for operator \(operatorID), "
            + "as its operation \(number), reference \(Hex.encode(reference))."
    }

    private var join: String? {
        guard has(2) else { return nil }
        return "Adds the proceeds in \(value(1)) to those in \(value(0))."
    }

    private var settle: String? {
        guard has(2), let operatorID = shared(1) else { return nil }
        return "Sends the proceeds in \(value(0)) to the treasury of operator \(operatorID)."
    }

    private var createOperator: String? {
        guard has(2), let charger = address(0), let treasury = address(1) else { return nil }
        return "Makes an operator for which \(charger) charges and whose treasury is "
            + "\(treasury)."
    }

    private var rotateCharger: String? {
        guard has(3), let operatorID = shared(1), let charger = address(2) else { return nil }
        return "Lets \(charger), and no other address any more, charge for operator "
            + "\(operatorID)."
    }

    // MARK: Arguments by place

    private var coinType: TypeTag? { call.typeArguments.first }

    private func has(_ count: Int) -> Bool { call.arguments.count == count }

    private func shared(_ place: Int) -> ObjectID? {
        guard case .object(.shared(let object, _))? = trace.input(call.arguments[place]) else {
            return nil
        }
        return object.id
    }

    private func u64(_ place: Int) -> UInt64? { trace.u64(call.arguments[place]) }

    private func address(_ place: Int) -> SuiAddress? {
        trace.pure(call.arguments[place]).flatMap { try? SuiAddress(bytes: $0) }
    }

    private func bytes(_ place: Int) -> [UInt8]? {
        guard let pure = trace.pure(call.arguments[place]) else { return nil }
        var reader = BCSReader(pure)
        guard let bytes = try? reader.byteVector(), reader.remaining == 0 else { return nil }
        return bytes
    }

    private func value(_ place: Int) -> String {
        wording.value(call.arguments[place], in: trace)
    }

    private func money(_ amount: UInt64) -> String { wording.amount(amount, of: coinType) }

    private func payment(_ place: Int) -> String {
        let argument = call.arguments[place]
        let coin = TracedCoin(amount: trace.coin(argument).amount, type: coinType)
        return wording.coin(coin, argument, in: trace)
    }
}
