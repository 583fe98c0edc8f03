import ByteCodecs
import SuiProtocol
import Testing

/// Signatures that Mysten Labs published, as other implementations check them.
@Suite struct PublishedSignatureTests {
    @Test func personalMessages() throws {
        for sample in try VectorFiles.json("published/personal_message.json")["cases"].items {
            let signature = try SuiSignature.parse(base64: try sample["signature_base64"].text)
            let message = try Base64.decode(try sample["message_base64"].text)
            let address = try SuiAddress(parsing: try sample["address"].text)

            #expect(try signature.verify(.personalMessage(message), by: address) == .valid)
        }
    }

    @Test(arguments: ["published/transactions.json", "published/passkey.json"])
    func transactions(file: String) throws {
        for sample in try VectorFiles.json(file)["cases"].items {
            let signature = try SuiSignature.parse(base64: try sample["signature_base64"].text)
            let data = try Base64.decode(try sample["transaction_data_base64"].text)
            let address = try SuiAddress(parsing: try sample["address"].text)

            #expect(try signature.verify(.transaction(data), by: address) == .valid)
            #expect(throws: SuiSignatureError.self) {
                try signature.verify(.personalMessage(data), by: address)
            }
        }
    }

    @Test("a passkey challenge of 35 bytes is of an older node and refused")
    func oldChallenge() throws {
        let sample = try VectorFiles.json("published/passkey.json")["old_challenge"]

        #expect(throws: SuiSignatureError.passkeyChallenge) {
            try SuiSignature.parse(base64: try sample["signature_base64"].text)
        }
    }

    @Test func multisigLayout() throws {
        for sample in try VectorFiles.json("published/multisig.json")["cases"].items {
            let multisig = try multisig(sample)
            let members = try sample["members"].items

            #expect(multisig.committee.address.description == (try sample["address"].text))
            #expect(Int64(multisig.committee.threshold) == (try sample["threshold"].number))
            #expect(multisig.committee.members.count == members.count)
            for (member, expected) in zip(multisig.committee.members, members) {
                let key = try Base64.decode(try expected["public_key_base64"].text)
                guard case .simple(_, let publicKey) = member.key else {
                    Issue.record("not a simple member")
                    continue
                }
                #expect(publicKey == key)
                #expect(Int64(member.weight) == (try expected["weight"].number))
            }
        }
    }

    @Test("a committee with every kind of member has its published address")
    func allKindsOfMembers() throws {
        let file = try VectorFiles.json("published/multisig.json")
        let withPasskey = try multisig(try file["with_passkey"])
        let withZkLogin = try multisig(try file["with_zklogin"])

        let published = try file["with_passkey"]["address"].text
        #expect(withPasskey.committee.address.description == published)
        #expect(withZkLogin.committee.members.count == 4)
    }

    @Test("the legacy multisig form is refused as such")
    func legacyMultisig() throws {
        for sample in try VectorFiles.json("published/multisig.json")["legacy"].items {
            #expect(throws: SuiSignatureError.multisigLegacy) {
                try SuiSignature.parse(base64: try sample["signature_base64"].text)
            }
        }
    }

    @Test func zkLoginLayout() throws {
        for sample in try VectorFiles.json("published/zklogin.json")["signatures"].items {
            let signature = try SuiSignature.parse(base64: try sample["signature_base64"].text)
            guard case .zkLogin(let zkLogin) = signature else {
                Issue.record("not zkLogin")
                continue
            }
            #expect(zkLogin.identifier.issuer == "https://id.twitch.tv/oauth2")
            #expect(zkLogin.maxEpoch == 10)
        }
    }

    @Test("the fourteen keys of small order are refused, whatever is signed")
    func smallOrder() throws {
        let file = try VectorFiles.json("published/ed25519_small_order.json")
        let encodings = try file["encodings_hex"].items
        #expect(encodings.count == 14)
        for encoding in encodings {
            let key = try Hex.decode(try encoding.text)
            let identity: [UInt8] = [1] + [UInt8](repeating: 0, count: 63)
            let signature = try SuiSignature.parse([0] + identity + key)

            #expect(throws: SuiSignatureError.smallOrderKey) {
                try signature.verify(.personalMessage([1]), by: signature.addresses[0])
            }
        }
    }

    private func multisig(_ sample: JSONValue) throws -> MultisigSignature {
        let signature = try SuiSignature.parse(base64: try sample["signature_base64"].text)
        guard case .multisig(let multisig) = signature else {
            throw JSONValue.Missing(name: "multisig")
        }
        return multisig
    }
}
