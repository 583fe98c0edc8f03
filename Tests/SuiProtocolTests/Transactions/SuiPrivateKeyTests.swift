import ByteCodecs
import Cryptography
import SuiProtocol
import Testing

@Suite struct SuiPrivateKeyTests {
    @Test("published keys have their published addresses; other schemes are refused by name")
    func published() throws {
        for sample in try VectorFiles.json("published/addresses.json")["mnemonics"].items {
            let text = try sample["suiprivkey"].text
            guard try sample["scheme"].text == "ed25519" else {
                let scheme = try #require(SignatureScheme(rawValue: try sample["scheme"].text))
                #expect(throws: SuiPrivateKeyError.unsupportedScheme(scheme)) {
                    try SuiPrivateKey(parsing: text)
                }
                continue
            }
            let key = try SuiPrivateKey(parsing: text)
            #expect(key.address.description == (try sample["address"].text))
            #expect(Base64.encode(key.publicKey) == (try sample["public_key_base64"].text))
            let seed = try SecretBytes(try Hex.decode(try sample["private_key_hex"].text))
            #expect(try SuiPrivateKey.text(of: seed) == text)
        }
    }

    @Test("what it signs is the published signature, and holds for the transaction alone")
    func signs() throws {
        let keys = try VectorFiles.json("published/addresses.json")["mnemonics"].items
        for sample in try VectorFiles.json("published/transactions.json")["cases"].items {
            let address = try sample["address"].text
            guard try sample["scheme"].text == "ed25519",
                let found = try keys.first(where: { try $0["address"].text == address })
            else { continue }
            let key = try SuiPrivateKey(parsing: try found["suiprivkey"].text)
            let bytes = try Base64.decode(try sample["transaction_data_base64"].text)
            let data = try TransactionData(bcs: bytes)
            let text = key.sign(data)

            #expect(text == (try sample["signature_base64"].text))
            #expect(Base64.encode(data.signingDigest) == (try sample["signing_digest_base64"].text))
            let signature = try SuiSignature.parse(base64: text)
            #expect(try signature.verify(.transaction(bytes), by: key.address) == .valid)
            #expect(throws: SuiSignatureError.self) {
                try signature.verify(.personalMessage(bytes), by: key.address)
            }
        }
    }

    @Test("texts that are no key")
    func refused() throws {
        let good = "suiprivkey1qrwsjvr6gwaxmsvxk4cfun99ra8uwxg3c9pl0nhle7xxpe4s80y05ctazer"
        for text in [
            "", good + " ", good + "\n", String(good.dropLast()), good.replacing("z", with: "q"),
            good.replacing("suiprivkey", with: "suipubkey1"),
            "0x" + String(repeating: "1", count: 64),
            "S" + good.dropFirst(),
        ] {
            #expect(throws: SuiPrivateKeyError.self, "\(text)") {
                try SuiPrivateKey(parsing: text)
            }
        }
        let short = try Bech32.encode(prefix: "suiprivkey", [0, 1, 2, 3])
        #expect(throws: SuiPrivateKeyError.wrongLength(expected: 32, actual: 3)) {
            try SuiPrivateKey(parsing: short)
        }
        let empty = try Bech32.encode(prefix: "suiprivkey", [])
        #expect(throws: SuiPrivateKeyError.wrongLength(expected: 32, actual: 0)) {
            try SuiPrivateKey(parsing: empty)
        }
        let unknown = try Bech32.encode(
            prefix: "suiprivkey", [9] + [UInt8](repeating: 1, count: 32))
        #expect(throws: SuiPrivateKeyError.unknownFlag(9)) { try SuiPrivateKey(parsing: unknown) }
    }
}
