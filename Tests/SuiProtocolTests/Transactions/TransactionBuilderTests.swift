import SuiProtocol
import Testing

@Suite struct TransactionBuilderTests {
    private let sender = Named.address("owner")

    private func gas(_ payment: [ObjectReference]) -> GasData {
        GasData(payment: payment, owner: sender, price: 1000, budget: 5000)
    }

    private func finished(_ builder: TransactionBuilder) throws -> TransactionData {
        try builder.finish(
            sender: sender, gas: gas([Named.reference("gas", 7)]), expiration: .epoch(9))
    }

    @Test("equal values and objects become one input; a shared object is as mutable as it must be")
    func deduplicates() throws {
        var builder = TransactionBuilder()
        let object = SharedObject(id: Named.address("shared"), initialVersion: 3)
        let read = try builder.shared(object, .immutable)
        let one = try builder.pure(.u64(1))

        #expect(try builder.pure(.u64(1)) == one)
        #expect(try builder.pure(.u128(1)) != one)
        #expect(try builder.shared(object, .mutable) == read)
        #expect(try builder.shared(object, .immutable) == read)
        #expect(builder.program.inputs.count == 3)
        #expect(builder.program.inputs[0] == .object(.shared(object, .mutable)))
    }

    @Test("one object in two versions, or owned and shared, is refused")
    func conflicts() throws {
        var builder = TransactionBuilder()
        let id = Named.address("coin")
        _ = try builder.owned(Named.reference("coin", 1))

        #expect(throws: TransactionBuildError.conflictingObject(id)) {
            try builder.owned(Named.reference("coin", 2))
        }
        #expect(throws: TransactionBuildError.conflictingObject(id)) {
            try builder.shared(SharedObject(id: id, initialVersion: 1), .mutable)
        }
        #expect(throws: TransactionBuildError.conflictingObject(id)) {
            try builder.receiving(Named.reference("coin", 1))
        }
        #expect(throws: TransactionBuildError.gasCoinAsInput(id)) {
            try builder.finish(
                sender: sender, gas: gas([Named.reference("coin", 1)]), expiration: .epoch(1))
        }
        let twice = [Named.reference("gas", 1), Named.reference("gas", 1)]
        #expect(throws: TransactionBuildError.conflictingObject(Named.address("gas"))) {
            try builder.finish(sender: sender, gas: gas(twice), expiration: .epoch(1))
        }
    }

    @Test("arguments must exist before their command")
    func unknownArguments() throws {
        var builder = TransactionBuilder()
        for argument in [
            TransactionArgument.input(0), .result(0), .nestedResult(0, 0), .input(65_535),
        ] {
            #expect(throws: TransactionBuildError.unknownArgument(argument)) {
                try builder.transferObjects([argument], to: sender)
            }
        }
        let coins = try builder.splitCoins(.gasCoin, amounts: [5, 6])
        #expect(coins == [.nestedResult(0, 0), .nestedResult(0, 1)])
        #expect(throws: TransactionBuildError.unknownArgument(.result(1))) {
            try builder.mergeCoins(into: .gasCoin, [.result(1)])
        }
        try builder.transferObjects(coins, to: sender)
        #expect(try TransactionData(bcs: finished(builder).bcs) == finished(builder))
    }

    @Test("commands that work on nothing are refused")
    func nothing() throws {
        var builder = TransactionBuilder()
        #expect(throws: TransactionBuildError.nothingToDo) {
            try builder.splitCoins(.gasCoin, amounts: [])
        }
        #expect(throws: TransactionBuildError.nothingToDo) {
            try builder.mergeCoins(into: .gasCoin, [])
        }
        #expect(throws: TransactionBuildError.nothingToDo) {
            try builder.transferObjects([], to: sender)
        }
        #expect(builder.program.commands.isEmpty)
    }

    @Test("Sui's limits: the last that fits is taken, one more is not")
    func limits() throws {
        var builder = TransactionBuilder()
        for _ in 0..<1024 { _ = try builder.splitCoins(.gasCoin, amounts: [1]) }
        #expect(throws: TransactionBuildError.tooMany(.commands, limit: 1024, actual: 1025)) {
            try builder.splitCoins(.gasCoin, amounts: [1])
        }
        var wide = TransactionBuilder()
        _ = try wide.splitCoins(.gasCoin, amounts: (0..<512).map { $0 })
        #expect(throws: TransactionBuildError.tooMany(.arguments, limit: 512, actual: 513)) {
            try wide.splitCoins(.gasCoin, amounts: (0..<513).map { $0 })
        }
        _ = try wide.pure(.bytes([UInt8](repeating: 0, count: 16_382)))
        #expect(throws: TransactionBuildError.tooMany(.pureBytes, limit: 16_384, actual: 16_385)) {
            try wide.pure(.bytes([UInt8](repeating: 0, count: 16_383)))
        }
        var large = TransactionBuilder()
        for number in 0..<2048 { _ = try large.owned(Named.reference("\(number)", 1)) }
        #expect(throws: TransactionBuildError.tooMany(.objects, limit: 2048, actual: 2049)) {
            try large.owned(Named.reference("one more", 1))
        }
        #expect(throws: TransactionBuildError.self) { try finished(large) }  // Above 128 KiB.
        #expect(throws: TransactionBuildError.tooMany(.gasCoins, limit: 256, actual: 257)) {
            try wide.finish(
                sender: sender, gas: gas((0..<257).map { Named.reference("\($0)", 1) }),
                expiration: .epoch(1))
        }
    }

    @Test("types: at most sixteen, at most sixteen deep")
    func types() throws {
        var builder = TransactionBuilder()
        let many = [TypeTag](repeating: .u8, count: 17)
        #expect(throws: TransactionBuildError.tooMany(.typeArguments, limit: 16, actual: 17)) {
            try builder.moveCall(MoveCall(.framework, "m", "f", types: many, []))
        }
        let deep = (0..<16).reduce(TypeTag.u8) { type, _ in .vector(type) }
        #expect(throws: TransactionBuildError.tooMany(.typeDepth, limit: 16, actual: 17)) {
            try builder.makeMoveVector(of: deep, [])
        }
    }

    @Test("gas from an address balance needs a window of at most two epochs")
    func windows() throws {
        let builder = TransactionBuilder()
        func finish(_ expiration: TransactionExpiration) throws -> TransactionData {
            try builder.finish(sender: sender, gas: gas([]), expiration: expiration)
        }
        func window(_ epochs: ClosedRange<UInt64>) -> ValidityWindow {
            ValidityWindow(epochs: epochs, chain: .testnet, nonce: 1)
        }
        #expect(throws: TransactionBuildError.windowMissing) { try finish(.none) }
        #expect(throws: TransactionBuildError.windowMissing) { try finish(.epoch(5)) }
        #expect(throws: TransactionBuildError.invalidWindow) {
            try finish(.validDuring(window(5...7)))
        }
        #expect(throws: TransactionBuildError.invalidWindow) {
            try finish(.validity(window(5...6), proposers: nil))
        }
        let data = try finish(.validDuring(window(5...6)))
        #expect(try TransactionData(bcs: data.bcs) == data)
        #expect(try finish(.validDuring(window(5...5))).digest != data.digest)
    }

    @Test("nobody's allowance is withdrawn from")
    func allowance() {
        var builder = TransactionBuilder()
        let source = FundsWithdrawal.Source.allowance(funder: sender, allowance: sender)
        #expect(throws: TransactionBuildError.unsupportedWithdrawal) {
            try builder.funds(FundsWithdrawal(amount: 1, coinType: .u8, source: source))
        }
    }

    @Test("a payment takes the coins it needs and what they lack from the balance")
    func payments() throws {
        let coins = [UInt64(0), 5, 7, 100].enumerated().map {
            CoinHolding(Named.reference("coin \($0.offset)", 1), balance: $0.element)
        }
        func commands(_ amount: UInt64, balance: UInt64 = 0) throws -> [TransactionCommand] {
            var builder = TransactionBuilder()
            _ = try builder.coin(
                of: Named.usdc, amount: amount, from: coins, addressBalance: balance)
            return builder.program.commands
        }
        #expect(try commands(5) == [])
        #expect(try commands(12) == [.mergeCoins(into: .input(0), [.input(1)])])
        #expect(try commands(3) == [.splitCoins(.input(0), amounts: [.input(1)])])
        #expect(try commands(112).count == 1)
        #expect(try commands(113, balance: 1).count == 2)
        #expect(throws: TransactionBuildError.insufficientFunds(available: 112, required: 113)) {
            try commands(113)
        }
        #expect(throws: TransactionBuildError.insufficientFunds(available: 113, required: 114)) {
            try commands(114, balance: 1)
        }
        let zero = MoveCall(.framework, "coin", "zero", types: [Named.usdc], [])
        #expect(try commands(0) == [.moveCall(zero)])
        let full = [0, 1].map { CoinHolding(Named.reference("full \($0)", 1), balance: .max - 1) }
        var builder = TransactionBuilder()
        #expect(throws: TransactionBuildError.amountTooLarge) {
            try builder.coin(of: Named.usdc, amount: .max, from: full)
        }
    }

    @Test("a payment of more coins than one command takes")
    func manyCoins() throws {
        let coins = (0..<1200).map { CoinHolding(Named.reference("dust \($0)", 1), balance: 1) }
        var builder = TransactionBuilder()
        let payment = try builder.coin(of: Named.usdc, amount: 1200, from: coins)

        #expect(payment == .input(0))
        let merged = builder.program.commands.map { command in
            if case .mergeCoins(_, let coins) = command { coins.count } else { 0 }
        }
        #expect(merged == [512, 512, 175])
    }
}
