import ByteCodecs
import Glibc
import Testing

@testable import sluice

@Suite struct VerificationTests {
    private func lines(_ text: String, limit: Int = 100) throws -> [LineReader.Line] {
        let pipe = try #require(Pipe())
        pipe.write(Array(text.utf8))
        pipe.closeWriter()
        var reader = LineReader(descriptor: pipe.reader, limit: limit)
        var found: [LineReader.Line] = []
        while let line = reader.next() { found.append(line) }
        return found
    }

    @Test("a last line without its end counts, an empty end does not")
    func ends() throws {
        #expect(try lines("a\n\nb") == [.bytes([97]), .bytes([]), .bytes([98])])
        #expect(try lines("a\n") == [.bytes([97])])
        #expect(try lines("") == [])
    }

    @Test("a line that is too long is passed over, and the next one is read")
    func tooLong() throws {
        let long = String(repeating: "x", count: 20_000)
        #expect(
            try lines("a\n\(long)\nb\n\(long)") == [.bytes([97]), .tooLong, .bytes([98]), .tooLong])
    }

    @Test("the id is given back as it came, also of a line that lacks the rest")
    func identifiers() throws {
        let whole = try JSONValue.parse(
            Array(#"{"id":7,"address":"a","tx_base64":"t","signature_base64":"s","more":1}"#.utf8))
        let read = VerificationCase.read(whole, .transaction)
        #expect(read.id == 7)
        #expect(
            read.found
                == VerificationCase(address: "a", contentBase64: "t", signatureBase64: "s"))
        #expect(VerificationCase.read(whole, .message).found == nil)
        #expect(VerificationCase.read(["id": "x"], .message).id == "x")
        #expect(VerificationCase.read([1], .message).id == .null)
    }

    @Test(
        "each refusal has its reason and nothing is thrown",
        arguments: [
            ("", "0x1", "", "empty"), ("!", "0x1", "", "base64_invalid"),
            (Self.wellFormed, "1", "", "address_invalid"),
            (Self.wellFormed, "0x1", "?", "message_base64_invalid"),
            (Self.wellFormed, "0x1", "", "address_mismatch"),
        ])
    func refusals(signature: String, address: String, message: String, reason: String) async {
        let given = VerificationCase(
            address: address, contentBase64: message, signatureBase64: signature)
        let verdict = await SignatureJudge(node: nil).verdict(given, .message)
        #expect(verdict == .invalid(reason: reason))
        #expect(verdict.json == ["valid": false, "reason": .string(reason)])
    }

    @Test("a megabyte of junk is refused by its length")
    func junk() async {
        let given = VerificationCase(
            address: "0x1", contentBase64: "",
            signatureBase64: String(repeating: "A", count: 1 << 20))
        let verdict = await SignatureJudge(node: nil).verdict(given, .message)
        #expect(verdict == .invalid(reason: "too_long"))
    }

    /// Ed25519's flag, and zeros where signature and key would be.
    private static let wellFormed = Base64.encode([UInt8](repeating: 0, count: 97))

    @Test("of several verdicts, a finding outweighs what could not be found out")
    func exitStatus() {
        let verdicts: [Verdict] = [.valid(scheme: "s", address: "a"), .unavailable]
        #expect(verdicts.map(\.exitStatus).reduce(ExitStatus.done) { $0.worse($1) } == .tryAgain)
        #expect(ExitStatus.tryAgain.worse(.finding) == .finding)
        #expect(ExitStatus.finding.worse(.tryAgain) == .finding)
        #expect(ExitStatus.done.worse(.done) == .done)
        #expect(
            Verdict.unavailable.json(id: 1)
                == ["id": 1, "valid": false, "reason": "verifier_unavailable"])
    }
}
