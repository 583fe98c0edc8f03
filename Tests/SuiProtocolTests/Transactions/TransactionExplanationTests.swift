import ByteCodecs
import SuiProtocol
import Testing

/// What a signer is told. A wrong amount would be worse than none.
@Suite struct TransactionExplanationTests {
    private let package = Named.address("package")
    private let account = Named.address("account 0")
    private let owner = Named.address("owner")
    private let operatorID = Named.address("operator")

    private func vector(_ id: String) throws -> TransactionData {
        let cases = try VectorFiles.json("pysui/escrow_calls.json")["cases"].items
        let sample = try #require(try cases.first { try $0["id"].text == id })
        return try TransactionData(
            bcs: Base64.decode(try sample["transaction_data_base64"].text))
    }

    private func words(_ id: String) throws -> [String] {
        TransactionExplanation(try vector(id), escrowPackage: package).commands
    }

    @Test func open() throws {
        #expect(
            try words("open").last
                == "Opens an escrow account with operator \(operatorID), pays in 25 USDC and sets "
                + "a spending limit of 100 USDC per 28 days.")
    }

    @Test("a coin whose amount is not in the bytes is not given one")
    func deposit() throws {
        #expect(
            try words("deposit") == [
                "Takes 4 USDC out of the sender's address balance.",
                "Merges 4 USDC (the result of command 0) into object "
                    + "\(Named.address("coin 0")).",
                "Deposits all of object \(Named.address("coin 0")) (amount not in the "
                    + "transaction) into escrow account \(account).",
            ])
    }

    @Test func withdraw() throws {
        #expect(
            try words("withdraw") == [
                "Withdraws 1.5 USDC from escrow account \(account).",
                "Sends 1.5 USDC (the result of command 0) to the sender, \(owner).",
            ])
        #expect(
            try words("set_spending_limit") == [
                "Sets no spending limit for escrow account \(account)."
            ])
    }

    @Test func charges() throws {
        let words = try words("charge_batch")
        let reference = Hex.encode(Named.bytes("reference", "1"))
        #expect(
            words[1]
                == "Charges escrow account \(Named.address("account 1")) 0.000002 USDC for "
                + "operator \(operatorID), as its operation 8, reference \(reference).")
        #expect(
            words.last
                == "Sends the proceeds in the result of command 0 to the treasury of operator "
                + "\(operatorID).")
        #expect(try self.words("refund").last?.hasPrefix("Refunds 0.75 USDC to escrow") == true)
    }

    @Test("every call of the contract has its own sentence")
    func allCalls() throws {
        for sample in try VectorFiles.json("pysui/escrow_calls.json")["cases"].items {
            let id = try sample["id"].text
            for sentence in try words(id) {
                #expect(!sentence.hasPrefix("Calls "), "\(id): \(sentence)")
            }
        }
    }

    @Test("calls of another package are not taken for the contract's, or only with a warning")
    func otherPackage() throws {
        let data = try vector("withdraw")
        let strict = TransactionExplanation(data, escrowPackage: owner)
        let lenient = TransactionExplanation(data)

        #expect(strict.commands[0].hasPrefix("Calls \(package)::account::withdraw<"))
        #expect(strict.commands[1].contains("the result of command 0"))
        #expect(!strict.commands[1].contains("USDC"))
        #expect(strict.warnings.isEmpty)
        #expect(lenient.commands[0].hasPrefix("Withdraws 1.5 USDC"))
        #expect(
            lenient.warnings == [
                "It is assumed, and not checked, that package \(package) is the escrow contract."
            ])
    }

    @Test("a coin that a strange call has had in its hands has no known amount any more")
    func changedByCall() throws {
        var builder = TransactionBuilder()
        let coin = try builder.redeem(5_000_000, of: Named.usdc)
        let strange = MoveCall(owner, "m", "f", types: [], [coin])
        try builder.moveCall(strange)
        let shared = SharedObject(id: account, initialVersion: 1)
        let contract = EscrowContract(package: package, coin: Named.usdc)
        try contract.deposit(coin, into: shared, in: &builder)

        #expect(
            try explained(builder).commands.last?.contains("amount not in the transaction") == true)
    }

    @Test("what is split off and what is left add up")
    func splits() throws {
        var builder = TransactionBuilder()
        let coin = try builder.redeem(5_000_000, of: Named.usdc)
        let parts = try builder.splitCoins(coin, amounts: [1_000_000, 500_000])
        try builder.transferObjects([coin] + parts, to: account)
        let rest = try builder.splitCoins(.gasCoin, amounts: [7])
        try builder.transferObjects(rest, to: account)

        let commands = try explained(builder).commands
        #expect(commands[1] == "Splits 1 USDC, 0.5 USDC off the result of command 0.")
        #expect(
            commands[2]
                == "Sends 3.5 USDC (the result of command 0), 1 USDC (result 0 of command 1), "
                + "0.5 USDC (result 1 of command 1) to \(account).")
        #expect(commands[4].hasPrefix("Sends 0.000000007 SUI"))
    }

    @Test("a USDC of another type is told in units, by its whole type")
    func otherUSDC() throws {
        let type = Named.type("\(owner)::usdc::USDC")
        var builder = TransactionBuilder()
        _ = try builder.redeem(5_000_000, of: type)

        #expect(
            try explained(builder).commands == [
                "Takes 5000000 units of \(type) out of the sender's address balance."
            ])
    }

    @Test("who pays, and until when")
    func frame() throws {
        #expect(
            TransactionExplanation(try vector("withdraw")).frame == [
                "Runs as \(owner).",
                "The sender pays at most 0.05 SUI for gas, from its gas coins.",
                "Expires at the end of epoch 901.",
            ])
        let deposit = TransactionExplanation(try vector("deposit")).frame
        #expect(deposit[1].hasSuffix("from its address balance."))
        #expect(deposit[2].hasPrefix("Valid from epoch 900 to epoch 901"))
    }

    @Test("arguments that point nowhere are explained without harm", arguments: 0..<40)
    func hostile(seed: UInt64) throws {
        let data = try Chance(seed: 5_000 + seed).transaction()
        let explanation = TransactionExplanation(data)

        #expect(explanation.commands.count == data.program.commands.count)
        #expect(!data.json.serialized().isEmpty)
    }

    private func explained(_ builder: TransactionBuilder) throws -> TransactionExplanation {
        let gas = GasData(
            payment: [Named.reference("gas", 7)], owner: owner, price: 1000, budget: 1)
        return TransactionExplanation(
            try builder.finish(sender: owner, gas: gas, expiration: .epoch(1)),
            escrowPackage: package)
    }
}
