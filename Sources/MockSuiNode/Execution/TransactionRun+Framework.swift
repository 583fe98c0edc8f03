import SuiProtocol

/// The functions of Sui's own package that a payment needs. They do what the package's source
/// does; all others are not found.
extension TransactionRun {
    mutating func runFramework(_ call: MoveCall) throws(Failure) -> [MoveRuntimeValue] {
        switch call.module.description {
        case "coin": try runCoin(call)
        case "balance": try runBalance(call)
        case "pay": try runPay(call)
        case "transfer": try runTransfer(call)
        default: throw .functionNotFound
        }
    }

    /// The one type argument, and the check that there are `count` arguments.
    func typeArgument(_ call: MoveCall, arguments count: Int) throws(Failure) -> TypeTag {
        guard call.typeArguments.count == 1 else { throw .typeArgument(0) }
        guard call.arguments.count == count else { throw .arityMismatch }
        return call.typeArguments[0]
    }

    private mutating func runCoin(_ call: MoveCall) throws(Failure) -> [MoveRuntimeValue] {
        let arguments = call.arguments
        switch call.function.description {
        case "zero":
            return [createCoin(try typeArgument(call, arguments: 0), balance: 0)]
        case "value":
            let type = try typeArgument(call, arguments: 1)
            return [.number(try coin(arguments[0], 0, of: type, isMutable: false).balance)]
        case "split":
            let type = try typeArgument(call, arguments: 2)
            return [createCoin(type, balance: try splitOff(call, type))]
        case "join":
            let type = try typeArgument(call, arguments: 2)
            try join([arguments[1]], into: arguments[0], type)
            return []
        case "destroy_zero":
            let type = try typeArgument(call, arguments: 1)
            guard try takeCoin(arguments[0], 0, of: type) == 0 else { throw abort(call, 0) }
            return []
        case "into_balance":
            let type = try typeArgument(call, arguments: 1)
            return [.balance(type, try takeCoin(arguments[0], 0, of: type))]
        case "from_balance":
            let type = try typeArgument(call, arguments: 1)
            return [createCoin(type, balance: try takeBalance(arguments[0], 0, of: type))]
        case "redeem_funds":
            let type = try typeArgument(call, arguments: 1)
            return [createCoin(type, balance: try redeem(arguments[0], 0, of: type))]
        case "send_funds":
            let type = try typeArgument(call, arguments: 2)
            try send(try takeCoin(arguments[0], 0, of: type), type, to: arguments[1])
            return []
        default: throw .functionNotFound
        }
    }

    private mutating func runBalance(_ call: MoveCall) throws(Failure) -> [MoveRuntimeValue] {
        let arguments = call.arguments
        switch call.function.description {
        case "zero":
            return [.balance(try typeArgument(call, arguments: 0), 0)]
        case "value":
            let type = try typeArgument(call, arguments: 1)
            return [.number(try balance(arguments[0], 0, of: type))]
        case "split":
            let type = try typeArgument(call, arguments: 2)
            let present = try balance(arguments[0], 0, of: type)
            let amount = try u64(arguments[1], 1)
            guard amount <= present else { throw abort(call, 2) }
            try put(.balance(type, present - amount), arguments[0], 0)
            return [.balance(type, amount)]
        case "join":
            let type = try typeArgument(call, arguments: 2)
            let added = try takeBalance(arguments[1], 1, of: type)
            let (sum, overflow) = try balance(arguments[0], 0, of: type)
                .addingReportingOverflow(added)
            guard !overflow else { throw arithmetic(call) }
            try put(.balance(type, sum), arguments[0], 0)
            return [.number(sum)]
        case "destroy_zero":
            let type = try typeArgument(call, arguments: 1)
            guard try takeBalance(arguments[0], 0, of: type) == 0 else { throw abort(call, 0) }
            return []
        case "redeem_funds":
            let type = try typeArgument(call, arguments: 1)
            return [.balance(type, try redeem(arguments[0], 0, of: type))]
        case "send_funds":
            let type = try typeArgument(call, arguments: 2)
            try send(try takeBalance(arguments[0], 0, of: type), type, to: arguments[1])
            return []
        default: throw .functionNotFound
        }
    }

    private mutating func runPay(_ call: MoveCall) throws(Failure) -> [MoveRuntimeValue] {
        let arguments = call.arguments
        switch call.function.description {
        case "join":
            try join([arguments[1]], into: arguments[0], try typeArgument(call, arguments: 2))
        case "join_vec":
            let type = try typeArgument(call, arguments: 2)
            guard case .vector(let elements) = try take(arguments[1], 1) else {
                throw .argument(1, .typeMismatch)
            }
            try join(elements, into: arguments[0], type)
        case "split":
            let type = try typeArgument(call, arguments: 2)
            // The sender's, as every new object is.
            _ = createCoin(type, balance: try splitOff(call, type))
        case "split_and_transfer":
            let type = try typeArgument(call, arguments: 3)
            let amount = try splitOff(call, type)
            _ = create(
                .coin(of: type), .coin(balance: amount),
                owner: .address(try address(arguments[2], 2)))
        default: throw .functionNotFound
        }
        return []
    }

    private mutating func runTransfer(_ call: MoveCall) throws(Failure) -> [MoveRuntimeValue] {
        guard call.function.description == "public_transfer" else { throw .functionNotFound }
        _ = try typeArgument(call, arguments: 2)
        guard case .object(let id) = try take(call.arguments[0], 0),
            objects[id]?.object.contents.isTransferable == true
        else { throw .argument(0, .typeMismatch) }
        let recipient = try address(call.arguments[1], 1)
        objects[id]?.object.owner = .address(recipient)
        return []
    }

    // MARK: - Parts

    /// Takes the amount, the second argument, out of the coin that is the first.
    private mutating func splitOff(_ call: MoveCall, _ type: TypeTag) throws(Failure) -> UInt64 {
        let coin = try coin(call.arguments[0], 0, of: type)
        let amount = try u64(call.arguments[1], 1)
        guard amount <= coin.balance else { throw abort(call, 2) }
        setCoin(coin.id, balance: coin.balance - amount)
        return amount
    }

    /// Into the address balance of the second argument.
    private mutating func send(
        _ amount: UInt64, _ type: TypeTag, to recipient: TransactionArgument
    ) throws(Failure) {
        try credit(BalanceKey(owner: try address(recipient, 1), coinType: type), amount)
    }

    private mutating func join(
        _ coins: [TransactionArgument], into target: TransactionArgument, _ type: TypeTag
    ) throws(Failure) {
        var values: [MoveRuntimeValue] = []
        for argument in coins { values.append(try take(argument, 1)) }
        try join(values, into: target, type)
    }

    private mutating func join(
        _ coins: [MoveRuntimeValue], into target: TransactionArgument, _ type: TypeTag
    ) throws(Failure) {
        for value in coins {
            let goal = try coin(target, 0, of: type)
            guard case .object(let id) = value, let other = objects[id]?.object,
                other.coinType == type
            else { throw .argument(1, .typeMismatch) }
            let (sum, overflow) = goal.balance.addingReportingOverflow(balance(of: id))
            guard !overflow else { throw .coinBalanceOverflow }
            objects[id]?.isDeleted = true
            setCoin(goal.id, balance: sum)
        }
    }

    func balance(
        _ argument: TransactionArgument, _ place: Int, of type: TypeTag
    ) throws(Failure) -> UInt64 {
        guard case .balance(type, let amount) = try peek(argument, place) else {
            throw .argument(place, .typeMismatch)
        }
        return amount
    }

    private mutating func takeBalance(
        _ argument: TransactionArgument, _ place: Int, of type: TypeTag
    ) throws(Failure) -> UInt64 {
        let amount = try balance(argument, place, of: type)
        _ = try take(argument, place)
        return amount
    }

    private mutating func redeem(
        _ argument: TransactionArgument, _ place: Int, of type: TypeTag
    ) throws(Failure) -> UInt64 {
        guard case .withdrawal(let key, let amount) = try take(argument, place),
            key.coinType == type
        else { throw .argument(place, .typeMismatch) }
        try debit(key, amount)
        return amount
    }

    func abort(_ call: MoveCall, _ code: UInt64) -> Failure {
        .moveAbort(
            package: call.package, module: call.module.description,
            function: call.function.description, code: code)
    }

    func arithmetic(_ call: MoveCall) -> Failure {
        .arithmetic(
            package: call.package, module: call.module.description,
            function: call.function.description)
    }
}

extension MoveRuntimeValue {
    /// BCS of a `u64`.
    static func number(_ value: UInt64) -> MoveRuntimeValue {
        .pure(withUnsafeBytes(of: value.littleEndian) { Array($0) })
    }
}
