import ByteCodecs
import SuiProtocol
import Testing

@Suite struct SuiAddressTests {
    @Test("one text form out, strict forms in")
    func textForms() throws {
        for form in try VectorFiles.json("published/addresses.json")["text_forms"].items {
            let input = try form["input"].text
            if try form["valid"] == true {
                let address = try SuiAddress(parsing: input)
                #expect(address.description == (try form["normal"].text), "\(input)")
            } else {
                #expect(throws: SuiAddressError.self, "\(input)") {
                    try SuiAddress(parsing: input)
                }
            }
        }
    }

    @Test("published keys hash to their published addresses")
    func keys() throws {
        let file = try VectorFiles.json("published/addresses.json")
        for key in try file["keys"].items + file["mnemonics"].items {
            let scheme = SignatureScheme(rawValue: try key["scheme"].text)
            guard let scheme, scheme != .passkey else { continue }
            let publicKey = try Base64.decode(try key["public_key_base64"].text)
            let unsigned = [UInt8](repeating: 0, count: 64)
            let signature = try SuiSignature.parse([scheme.flag] + unsigned + publicKey)

            #expect(signature.addresses.map(\.description) == [try key["address"].text])
        }
    }

    @Test("published zkLogin seeds hash to their padded and unpadded addresses")
    func zkLogin() throws {
        for sample in try VectorFiles.json("published/addresses.json")["zklogin"].items {
            let seed = try DecimalInteger.bigEndianBytes(of: try sample["address_seed"].text)
            let issuer = try sample["iss"].text
            let identifier = try ZkLoginIdentifier(issuer: issuer, checking: seed)
            let address = try SuiAddress(parsing: try sample["address"].text)

            #expect(identifier.addresses.contains(address))
            #expect(identifier.addresses.count == (seed[0] == 0 ? 2 : 1))
        }
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func wrongByteCount(count: Int) {
        #expect(throws: SuiAddressError.wrongLength) {
            try SuiAddress(bytes: [UInt8](repeating: 1, count: count))
        }
    }

    @Test("a megabyte of digits is refused by its length")
    func longText() {
        #expect(throws: SuiAddressError.wrongLength) {
            try SuiAddress(parsing: "0x" + String(repeating: "a", count: 1_000_000))
        }
    }

    @Test("only the four networks of the Wallet Standard are chains")
    func chains() {
        #expect(SuiChain(rawValue: "sui:mainnet") == .mainnet)
        for text in ["", "mainnet", "sui:Mainnet", "sui:35834a8a", "eip155:1", "sui:mainnet "] {
            #expect(SuiChain(rawValue: text) == nil)
        }
    }
}
