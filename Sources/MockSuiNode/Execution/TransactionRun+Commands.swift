import SuiProtocol

extension TransactionRun {
    mutating func runCommands() throws(ExecutionFailure) {
        do throws(Failure) {
            try checkReservations()
        } catch {
            throw ExecutionFailure(kind: error, command: nil)
        }
        for (index, command) in data.program.commands.enumerated() {
            do throws(Failure) {
                results.append(try run(command))
            } catch {
                throw ExecutionFailure(kind: error, command: index)
            }
        }
        try refuseLeftovers()
    }

    /// Reservations from one balance must be there together, beside the gas, or nothing runs.
    private func checkReservations() throws(Failure) {
        var sums: [BalanceKey: UInt64] = [:]
        for case .withdrawal(let key, let amount) in inputs {
            let (sum, overflow) = sums[key, default: 0].addingReportingOverflow(amount)
            guard !overflow, sum <= addressBalance(key) else {
                throw .insufficientFundsForWithdraw
            }
            sums[key] = sum
        }
    }

    private func refuseLeftovers() throws(ExecutionFailure) {
        for (index, values) in results.enumerated() {
            guard let place = values.firstIndex(where: { !$0.isDroppable }) else { continue }
            throw ExecutionFailure(kind: .unusedValue(index, place), command: nil)
        }
    }

    private mutating func run(
        _ command: TransactionCommand
    ) throws(Failure) -> [MoveRuntimeValue] {
        switch command {
        case .moveCall(let call): return try run(call)
        case .transferObjects(let objects, let recipient):
            try transfer(objects, to: recipient)
            return []
        case .splitCoins(let coin, let amounts): return try split(coin, into: amounts)
        case .mergeCoins(let target, let coins):
            try merge(coins, into: target)
            return []
        case .makeMoveVector(_, let elements): return [try vector(of: elements)]
        case .publish, .upgrade: throw .publishingUnsupported
        }
    }

    private mutating func transfer(
        _ arguments: [TransactionArgument], to recipient: TransactionArgument
    ) throws(Failure) {
        let address = try address(recipient, arguments.count)
        for (place, argument) in arguments.enumerated() {
            let value = try take(argument, place, isTransfer: true)
            guard case .object(let id) = value, let working = objects[id] else {
                throw .argument(place, .typeMismatch)
            }
            guard working.object.contents.isTransferable else { throw .invalidTransferObject }
            objects[id]?.object.owner = .address(address)
        }
    }

    private mutating func split(
        _ argument: TransactionArgument, into amounts: [TransactionArgument]
    ) throws(Failure) -> [MoveRuntimeValue] {
        let coin = try coin(argument, 0, of: nil)
        var left = coin.balance
        var pieces: [MoveRuntimeValue] = []
        for (place, amount) in amounts.enumerated() {
            let amount = try u64(amount, place + 1)
            guard amount <= left else { throw .insufficientCoinBalance }
            left -= amount
            pieces.append(createCoin(coin.type, balance: amount))
        }
        setCoin(coin.id, balance: left)
        return pieces
    }

    private mutating func merge(
        _ coins: [TransactionArgument], into target: TransactionArgument
    ) throws(Failure) {
        for (index, argument) in coins.enumerated() {
            let goal = try coin(target, 0, of: nil)
            let added = try takeCoin(argument, index + 1, of: goal.type)
            let (sum, overflow) = goal.balance.addingReportingOverflow(added)
            guard !overflow else { throw .coinBalanceOverflow }
            setCoin(goal.id, balance: sum)
        }
    }

    private mutating func vector(
        of arguments: [TransactionArgument]
    ) throws(Failure) -> MoveRuntimeValue {
        var elements: [MoveRuntimeValue] = []
        for (place, argument) in arguments.enumerated() {
            elements.append(try take(argument, place))
        }
        return .vector(elements)
    }

    // MARK: - Calls

    private mutating func run(_ call: MoveCall) throws(Failure) -> [MoveRuntimeValue] {
        callee = (call.package, call.module)
        if call.package == .framework { return try runFramework(call) }
        let genesis = ledger.genesis
        switch call.package {
        case genesis.escrowPackage, genesis.wrapperPackage:
            return try runEscrow(call, package: genesis.escrowPackage)
        case genesis.lookalikePackage:
            return try runEscrow(call, package: genesis.lookalikePackage)
        default: throw .functionNotFound
        }
    }
}
