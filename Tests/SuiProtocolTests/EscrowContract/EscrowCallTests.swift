import ByteCodecs
import SuiProtocol
import Testing

/// The escrow contract's calls, byte for byte as an independent library writes them.
@Suite struct EscrowCallTests {
    private let contract = EscrowContract(package: Named.address("package"), coin: Named.usdc)
    private let owner = Named.address("owner")
    private let charger = Named.address("charger")
    private let operatorObject = SharedObject(id: Named.address("operator"), initialVersion: 5)

    private func account(_ number: Int) -> SharedObject {
        SharedObject(
            id: Named.address("account \(number)"), initialVersion: 21 + UInt64(number))
    }

    private func expect(
        _ id: String, from sender: SuiAddress, isOnBalanceGas: Bool = false,
        _ build: (inout TransactionBuilder) throws -> Void
    ) throws {
        let cases = try VectorFiles.json("pysui/escrow_calls.json")["cases"].items
        let sample = try #require(try cases.first { try $0["id"].text == id })
        var builder = TransactionBuilder()
        try build(&builder)
        let payment = isOnBalanceGas ? [] : [Named.reference("gas", 7)]
        let window = ValidityWindow(epochs: 900...901, chain: .mainnet, nonce: 77)
        let data = try builder.finish(
            sender: sender,
            gas: GasData(payment: payment, owner: sender, price: 1000, budget: 50_000_000),
            expiration: isOnBalanceGas ? .validDuring(window) : .epoch(901))

        #expect(Base64.encode(data.bcs) == (try sample["transaction_data_base64"].text))
        #expect(data.digest.description == (try sample["digest"].text))
    }

    @Test func open() throws {
        try expect("open", from: owner) {
            let payment = try $0.coin(
                of: Named.usdc, amount: 25_000_000,
                from: [
                    CoinHolding(Named.reference("coin 0", 11), balance: 20_000_000),
                    CoinHolding(Named.reference("coin 1", 12), balance: 20_000_000),
                ])
            try contract.open(
                operatorObject, spendingLimit: 100_000_000, payment: payment, in: &$0)
        }
    }

    @Test func depositFromCoinAndBalance() throws {
        try expect("deposit", from: owner, isOnBalanceGas: true) {
            let payment = try $0.coin(
                of: Named.usdc, amount: 10_000_000,
                from: [CoinHolding(Named.reference("coin 0", 11), balance: 6_000_000)],
                addressBalance: 5_000_000)
            try contract.deposit(payment, into: account(0), in: &$0)
        }
    }

    @Test func receive() throws {
        try expect("receive", from: owner) {
            try contract.receive(Named.reference("stray", 31), into: account(0), in: &$0)
        }
    }

    @Test func withdraw() throws {
        try expect("withdraw", from: owner) {
            let coin = try contract.withdraw(1_500_000, from: account(0), in: &$0)
            try $0.transferObjects([coin], to: owner)
        }
    }

    @Test func setSpendingLimit() throws {
        try expect("set_spending_limit", from: owner) {
            try contract.setSpendingLimit(0, of: account(0), in: &$0)
        }
    }

    @Test func chargeBatch() throws {
        try expect("charge_batch", from: charger) {
            let charges = [(0, 1, 1_500_000), (1, 8, 2), (2, 1, 1_500_000)].map {
                EscrowCharge(
                    account: account($0.0), sequence: UInt64($0.1), amount: UInt64($0.2),
                    reference: Named.bytes("reference", "\($0.0)"))
            }
            try contract.charge(charges, for: operatorObject, in: &$0)
        }
    }

    @Test func cancel() throws {
        try expect("cancel", from: charger) {
            try contract.cancel(
                9, of: account(1), for: operatorObject,
                reference: Named.bytes("reference", "cancel"), in: &$0)
        }
    }

    @Test func refund() throws {
        try expect("refund", from: charger) {
            let payment = try $0.coin(
                of: Named.usdc, amount: 750_000,
                from: [CoinHolding(Named.reference("float", 41), balance: 1_000_000)])
            try contract.refund(
                payment, as: 10, to: account(1), for: operatorObject,
                reference: Named.bytes("reference", "refund"), in: &$0)
        }
    }

    @Test func operators() throws {
        try expect("create_operator", from: owner) {
            try contract.createOperator(
                charger: charger, treasury: Named.address("treasury"), in: &$0)
        }
        try expect("rotate_charger", from: owner) {
            try contract.rotateCharger(
                of: operatorObject, to: owner, capability: Named.reference("cap", 51), in: &$0)
        }
    }

    @Test("what the contract would abort on is not built")
    func refused() throws {
        var builder = TransactionBuilder()
        func one(_ account: Int, amount: UInt64 = 1, reference: Int = 32) -> EscrowCharge {
            EscrowCharge(
                account: self.account(account), sequence: 1, amount: amount,
                reference: [UInt8](repeating: 0, count: reference))
        }
        func charge(_ charges: [EscrowCharge]) throws {
            try contract.charge(charges, for: operatorObject, in: &builder)
        }
        #expect(throws: TransactionBuildError.nothingToDo) { try charge([]) }
        #expect(throws: TransactionBuildError.nothingToDo) { try charge([one(0, amount: 0)]) }
        #expect(throws: TransactionBuildError.amountTooLarge) {
            try charge([one(0, amount: 1 << 63)])
        }
        #expect(throws: TransactionBuildError.tooMany(.referenceBytes, limit: 64, actual: 65)) {
            try charge([one(0, reference: 65)])
        }
        #expect(throws: TransactionBuildError.conflictingObject(account(3).id)) {
            try charge([one(3), one(4), one(3)])
        }
        #expect(throws: TransactionBuildError.tooMany(.charges, limit: 256, actual: 257)) {
            try charge((0..<257).map { one($0) })
        }
        #expect(throws: TransactionBuildError.amountTooLarge) {
            try contract.setSpendingLimit(1 << 63, of: account(0), in: &builder)
        }
        try contract.setSpendingLimit(1 << 63 - 1, of: account(0), in: &builder)
    }

    @Test("256 charges fit into one transaction")
    func largestBatch() throws {
        var builder = TransactionBuilder()
        let charges = (0..<256).map {
            EscrowCharge(
                account: account($0), sequence: UInt64(1_000 + $0), amount: UInt64(5_000 + $0),
                reference: Named.bytes("reference", "\($0)"))
        }
        try contract.charge(charges, for: operatorObject, in: &builder)
        let data = try builder.finish(
            sender: charger,
            gas: GasData(
                payment: [Named.reference("gas", 7)], owner: charger, price: 1000, budget: 1),
            expiration: .epoch(1))

        #expect(data.program.commands.count == 512)
        #expect(try TransactionData(bcs: data.bcs) == data)
    }
}
