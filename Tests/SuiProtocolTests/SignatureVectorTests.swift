import SuiProtocol
import Testing

@Suite struct SignatureVectorTests {
    static let files = [
        "fastcrypto/personal_message.json", "fastcrypto/transaction.json",
        "pynacl/personal_message.json", "coincurve/personal_message.json",
        "cryptography/personal_message.json", "derived/text.json", "derived/length.json",
        "derived/content.json", "derived/scalar.json", "derived/public_key.json",
        "derived/small_order.json", "derived/multisig.json", "derived/multisig_refused.json",
        "derived/multisig_zklogin.json", "derived/passkey.json", "derived/passkey_refused.json",
        "derived/zklogin.json", "derived/zklogin_refused.json",
    ]

    @Test("each case has the verdict its file says", arguments: files)
    func verdict(file: String) throws {
        for sample in try VectorFiles.cases(file) {
            #expect(sample.verdict == sample.expected, "\(file) \(sample.id)")
        }
    }

    @Test("malformed is what the parser refuses, and nothing else", arguments: files)
    func malformed(file: String) throws {
        for sample in try VectorFiles.cases(file) {
            let isMalformed = SuiSignatureError(rawValue: sample.expected)?.isMalformed ?? false
            #expect(sample.isRefusedByParser == isMalformed, "\(file) \(sample.id)")
        }
    }

    @Test("what parses names its scheme", arguments: files)
    func scheme(file: String) throws {
        for sample in try VectorFiles.cases(file) where !sample.isRefusedByParser {
            let parsed = try SuiSignature.parse(base64: sample.signature)
            #expect(parsed.scheme.rawValue == sample.scheme, "\(file) \(sample.id)")
        }
    }

    @Test("the vectors bring about every reason")
    func everyReason() throws {
        let seen = Set(try Self.files.flatMap(VectorFiles.cases).map(\.expected))
        let missing = SuiSignatureError.allCases.filter { !seen.contains($0.reason) }

        #expect(missing.isEmpty)
    }

    @Test("at least 150 cases, at least 100 of them refusals")
    func count() throws {
        let all = try Self.files.flatMap(VectorFiles.cases)

        #expect(all.count >= 150)
        #expect(all.filter { $0.expected != "valid" }.count >= 100)
    }
}
