import ByteCodecs
import SuiProtocol
import Testing

@testable import sluice

@Suite struct TransactionTextTests {
    /// Withdraws 1.5 of a coin `0x9::usdc::USDC` from an account of package `0x7`.
    private func transaction() throws -> TransactionData {
        let owner = try SuiAddress(parsing: "0xabc")
        let coin = try TypeTag(parsing: "0x9::usdc::USDC")
        let contract = EscrowContract(package: try SuiAddress(parsing: "0x7"), coin: coin)
        var builder = TransactionBuilder()
        let account = SharedObject(id: try SuiAddress(parsing: "0xacc0"), initialVersion: 3)
        let taken = try contract.withdraw(1_500_000, from: account, in: &builder)
        try builder.transferObjects([taken], to: owner)
        let window = ValidityWindow(epochs: 4...5, chain: .testnet, nonce: 6)
        return try builder.finish(
            sender: owner, gas: GasData(payment: [], owner: owner, price: 1, budget: 2_000_000_000),
            expiration: .validDuring(window))
    }

    @Test("the JSON has the digest, the frame and each command, in fields and in words")
    func described() throws {
        let data = try transaction()
        let read = try TransactionText.read(Base64.encode(data.bcs))
        let line = TransactionText.described(
            read, escrowPackage: try SuiAddress(parsing: "0x7"),
            coins: [.sui, .usdc(try TypeTag(parsing: "0x9::usdc::USDC"))])

        #expect(read == data)
        let value = try JSONValue.parse(Array(line.utf8))
        guard case .object(let members) = value, case .object(let words)? = members["words"] else {
            Issue.record("not an object with words")
            return
        }
        #expect(members["digest"] == .string(data.digest.description))
        #expect(words["warnings"] == .array([]))
        guard case .array(let commands)? = words["commands"] else {
            Issue.record("no commands")
            return
        }
        let account = try SuiAddress(parsing: "0xacc0")
        #expect(
            commands.first == .string("Withdraws 1.5 USDC from escrow account \(account)."))
        #expect(commands.count == 2)
    }

    @Test("without the package, the words say what they assume")
    func assumed() throws {
        let line = TransactionText.described(
            try transaction(), escrowPackage: nil, coins: [.mainnetUSDC])
        #expect(line.contains("It is assumed, and not checked"))
        #expect(line.contains("1500000 units of"))
    }

    @Test("what is no transaction is refused with its reason")
    func refused() throws {
        let good = Base64.encode(try transaction().bcs)
        for text in [
            "", " ", "AAA", good + "\n", " " + good, good.replacing("=", with: ""), "0x00",
        ]
        where text != good {
            #expect(throws: TransactionTextError.self, "\(text)") { try TransactionText.read(text) }
        }
        #expect(throws: TransactionTextError.notBase64) { try TransactionText.read("AA*=") }
        #expect(
            throws: TransactionTextError.notATransaction(
                .unknownVariant(of: "TransactionKind", index: 11))
        ) { try TransactionText.read("AAs=") }
        let long = String(repeating: "A", count: TransactionText.characterLimit + 4)
        #expect(throws: TransactionTextError.tooLong) { try TransactionText.read(long) }
    }

    @Test("the transaction stands alone after the command; a dash is standard input")
    func operands() throws {
        let parser = ArgumentParser(root: SluiceCommand.root)
        func operand(_ words: [String]) throws -> String? {
            guard case .run(_, _, let parsed) = try parser.parse(["decode", "transaction"] + words)
            else { return nil }
            return parsed.operand
        }
        #expect(try operand(["AAAA"]) == "AAAA")
        #expect(try operand(["-"]) == "-")
        #expect(try operand(["--usdc-type", "0x2::a::B", "AAAA"]) == "AAAA")
        for words in [
            [], ["AAAA", "BBBB"], ["--", "AAAA"], ["AAAA", "-x"], ["--usdc-type", "u8"],
        ] {
            #expect(throws: ArgumentParser.Refusal.self, "\(words)") { try operand(words) }
        }
    }
}
