import ByteCodecs
import SuiProtocol
import Testing

/// Transactions of others: read, written again and named as they are there.
@Suite struct TransactionVectorTests {
    @Test(
        "bytes come back, digests are equal",
        arguments: [
            "published/transaction_data.json", "pysui/transaction_data.json",
            "pysui/escrow_calls.json", "derived/transaction_data_refused.json",
        ])
    func equal(file: String) throws {
        var count = 0
        for sample in try VectorFiles.json(file)["cases"].items {
            guard (try? sample["reason"].text) == nil else { continue }
            let bytes = try Base64.decode(try sample["transaction_data_base64"].text)
            let data = try TransactionData(bcs: bytes)
            let id = try sample["id"].text

            #expect(data.bcs == bytes, "\(id)")
            #expect(data.digest.description == (try sample["digest"].text), "\(id)")
            count += 1
        }
        #expect(count > 5)
    }

    @Test("each refusal says what was found")
    func refusals() throws {
        let file = try VectorFiles.json("derived/transaction_data_refused.json")
        var count = 0
        for sample in try file["cases"].items {
            guard let reason = try? sample["reason"].text else { continue }
            let bytes = try Base64.decode(try sample["transaction_data_base64"].text)
            let id = try sample["id"].text
            do {
                _ = try TransactionData(bcs: bytes)
                Issue.record("\(id) was taken")
            } catch {
                #expect(error.description == reason, "\(id)")
            }
            count += 1
        }
        #expect(count > 50)
    }

    @Test("no part of a transaction is one, and nothing may follow one")
    func cut() throws {
        let file = try VectorFiles.json("published/transaction_data.json")
        for sample in try file["cases"].items {
            let bytes = try Base64.decode(try sample["transaction_data_base64"].text)
            for count in stride(from: 0, to: bytes.count, by: bytes.count > 1000 ? 37 : 1) {
                #expect(throws: SuiDecodingError.self) {
                    try TransactionData(bcs: Array(bytes.prefix(count)))
                }
            }
            #expect(throws: SuiDecodingError.bcs(.trailingBytes(1))) {
                try TransactionData(bcs: bytes + [0])
            }
        }
    }

    @Test("128 KiB are taken, a byte more is not, and is not even read")
    func size() throws {
        func data(filler: Int) -> TransactionData {
            TransactionData(
                ProgrammableTransaction(
                    inputs: [.pure([UInt8](repeating: 0, count: filler))], commands: []),
                sender: .framework,
                gas: GasData(payment: [], owner: .framework, price: 1, budget: 1),
                expiration: .none)
        }
        let frame = data(filler: 100_000).bcs.count - 100_000
        let largest = data(filler: TransactionData.byteLimit - frame)

        #expect(largest.bcs.count == TransactionData.byteLimit)
        #expect(try TransactionData(bcs: largest.bcs) == largest)
        let actual = TransactionData.byteLimit + 1
        #expect(throws: SuiDecodingError.tooLarge(limit: 131_072, actual: actual)) {
            try TransactionData(bcs: [UInt8](repeating: 255, count: actual))
        }
    }

    @Test("random transactions of every shape come back", arguments: 0..<40)
    func random(seed: UInt64) throws {
        let chance = Chance(seed: seed)
        let data = try chance.transaction()
        let bytes = data.bcs

        #expect(try TransactionData(bcs: bytes) == data)
        #expect(throws: SuiDecodingError.self) {
            try TransactionData(bcs: Array(bytes.dropLast(1 + chance.below(bytes.count))))
        }
    }

    @Test("whatever one changed byte gives is refused or is another transaction", arguments: 0..<40)
    func changed(seed: UInt64) throws {
        let chance = Chance(seed: 1_000 + seed)
        let data = try chance.transaction()
        for _ in 0..<50 {
            var bytes = data.bcs
            bytes[chance.below(bytes.count)] ^= UInt8(1 << chance.below(8))
            guard let other = try? TransactionData(bcs: bytes) else { continue }
            #expect(other.bcs == bytes)
            #expect(other != data && other.digest != data.digest)
        }
    }
}
