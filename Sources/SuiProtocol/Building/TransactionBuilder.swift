/// Builds a programmable transaction: commands in order, inputs found and taken in once each.
///
/// Holds itself to Sui's limits, so that what it builds is not refused for its form. Only forms
/// that are in force on the network are written.
public struct TransactionBuilder: Sendable {
    private var inputs = InputTable()
    private var commands: [TransactionCommand] = []

    public init() {}

    // MARK: Inputs

    /// Equal bytes become one input.
    public mutating func pure(
        _ value: PureValue
    ) throws(TransactionBuildError) -> TransactionArgument {
        try inputs.pure(value.bytes)
    }

    /// An object of the sender's, or an immutable one, in its current version.
    public mutating func owned(
        _ reference: ObjectReference
    ) throws(TransactionBuildError) -> TransactionArgument {
        try inputs.object(.owned(reference))
    }

    public mutating func shared(
        _ object: SharedObject, _ mutability: SharedMutability
    ) throws(TransactionBuildError) -> TransactionArgument {
        try inputs.object(.shared(object, min(mutability, .mutable)))
    }

    /// An object that was sent to another object's address.
    public mutating func receiving(
        _ reference: ObjectReference
    ) throws(TransactionBuildError) -> TransactionArgument {
        try inputs.object(.receiving(reference))
    }

    /// A withdrawal from the sender's or the sponsor's address balance.
    public mutating func funds(
        _ withdrawal: FundsWithdrawal
    ) throws(TransactionBuildError) -> TransactionArgument {
        if case .allowance = withdrawal.source { throw .unsupportedWithdrawal }
        try check(types: [withdrawal.coinType])
        return try inputs.funds(withdrawal)
    }

    // MARK: Commands

    @discardableResult
    public mutating func moveCall(
        _ call: MoveCall
    ) throws(TransactionBuildError) -> CommandResults {
        try check(types: call.typeArguments)
        try check(arguments: call.arguments)
        return try append(.moveCall(call))
    }

    /// - Returns: the new coins, in the order of the amounts.
    public mutating func splitCoins(
        _ coin: TransactionArgument, amounts: [UInt64]
    ) throws(TransactionBuildError) -> [TransactionArgument] {
        guard !amounts.isEmpty else { throw .nothingToDo }
        try check(arguments: [coin])
        var values: [TransactionArgument] = []
        for amount in amounts { values.append(try pure(.u64(amount))) }
        try check(arguments: values)
        let results = try append(.splitCoins(coin, amounts: values))
        return amounts.indices.map { results[UInt16($0)] }
    }

    public mutating func mergeCoins(
        into target: TransactionArgument, _ coins: [TransactionArgument]
    ) throws(TransactionBuildError) {
        guard !coins.isEmpty else { throw .nothingToDo }
        try check(arguments: [target])
        try check(arguments: coins)
        try append(.mergeCoins(into: target, coins))
    }

    public mutating func transferObjects(
        _ objects: [TransactionArgument], to recipient: SuiAddress
    ) throws(TransactionBuildError) {
        guard !objects.isEmpty else { throw .nothingToDo }
        try check(arguments: objects)
        try append(.transferObjects(objects, to: try pure(.address(recipient))))
    }

    /// - Parameter type: of the elements.
    public mutating func makeMoveVector(
        of type: TypeTag, _ elements: [TransactionArgument]
    ) throws(TransactionBuildError) -> TransactionArgument {
        try check(types: [type])
        try check(arguments: elements)
        return try append(.makeMoveVector(type, elements)).value
    }

    // MARK: The whole

    /// What was built so far, as a simulation without sender and gas wants it.
    public var program: ProgrammableTransaction {
        ProgrammableTransaction(inputs: inputs.inputs, commands: commands)
    }

    /// The transaction, ready to be signed.
    public func finish(
        sender: SuiAddress, gas: GasData, expiration: TransactionExpiration
    ) throws(TransactionBuildError) -> TransactionData {
        let limit = TransactionLimits.gasCoins
        guard gas.payment.count <= limit else {
            throw .tooMany(.gasCoins, limit: limit, actual: gas.payment.count)
        }
        var coins: Set<ObjectID> = []
        for coin in gas.payment {
            if inputs.holds(coin.id) { throw .gasCoinAsInput(coin.id) }
            guard coins.insert(coin.id).inserted else { throw .conflictingObject(coin.id) }
        }
        try Self.check(expiration, paysFromBalance: gas.payment.isEmpty)
        let data = TransactionData(program, sender: sender, gas: gas, expiration: expiration)
        let count = data.bcs.count
        guard count <= TransactionData.byteLimit else {
            throw .tooMany(.bytes, limit: TransactionData.byteLimit, actual: count)
        }
        return data
    }

    private static func check(
        _ expiration: TransactionExpiration, paysFromBalance: Bool
    ) throws(TransactionBuildError) {
        switch expiration {
        case .none, .epoch:
            if paysFromBalance { throw .windowMissing }
        case .validDuring(let window):
            guard let first = window.minimumEpoch, let last = window.maximumEpoch,
                window.minimumTimestamp == nil, window.maximumTimestamp == nil,
                last >= first, last - first <= 1
            else { throw .invalidWindow }
        case .validity:
            throw .invalidWindow
        }
    }

    // MARK: Checks

    @discardableResult
    private mutating func append(
        _ command: TransactionCommand
    ) throws(TransactionBuildError) -> CommandResults {
        let limit = TransactionLimits.commands
        guard commands.count < limit else {
            throw .tooMany(.commands, limit: limit, actual: limit + 1)
        }
        commands.append(command)
        return CommandResults(command: UInt16(commands.count - 1))
    }

    private func check(types: [TypeTag]) throws(TransactionBuildError) {
        let limit = TransactionLimits.typeArguments
        guard types.count <= limit else {
            throw .tooMany(.typeArguments, limit: limit, actual: types.count)
        }
        let depth = types.map(\.depth).max() ?? 0
        guard depth <= TypeTag.depthLimit else {
            throw .tooMany(.typeDepth, limit: TypeTag.depthLimit, actual: depth)
        }
    }

    private func check(arguments: [TransactionArgument]) throws(TransactionBuildError) {
        let limit = TransactionLimits.argumentsPerCommand
        guard arguments.count <= limit else {
            throw .tooMany(.arguments, limit: limit, actual: arguments.count)
        }
        for argument in arguments {
            let isKnown =
                switch argument {
                case .gasCoin: true
                case .input(let index): index < inputs.inputs.count
                case .result(let command), .nestedResult(let command, _):
                    command < commands.count
                }
            guard isKnown else { throw .unknownArgument(argument) }
        }
    }
}
