import ByteCodecs
import SuiProtocol
import Testing

@Suite struct VerifySignatureQueryTests {
    @Test("arguments and their types are those of the published schema")
    func schema() throws {
        let schema = try VectorFiles.text("published/verify_signature.graphql")
        let field = try #require(
            schema.split(separator: "\n").first { $0.hasPrefix("\tverifySignature(") })
        let arguments = field.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
        for argument in arguments.split(separator: ", ") {
            let parts = argument.split(separator: ": ")
            #expect(VerifySignatureQuery.document.contains("$\(argument)"))
            #expect(VerifySignatureQuery.document.contains("\(parts[0]): $\(parts[0])"))
        }
        #expect(arguments.split(separator: ", ").count == 4)
        #expect(schema.contains("type SignatureVerifyResult {"))
        #expect(schema.contains("\tsuccess: Boolean\n"))
        #expect(VerifySignatureQuery.document.hasSuffix("{ success } }"))
    }

    @Test(
        "the request holds the raw content, its scope and the author",
        arguments: [
            (Intent.personalMessage([104, 105]), "PERSONAL_MESSAGE"),
            (.transaction([104, 105]), "TRANSACTION_DATA"),
        ])
    func request(intent: Intent, scope: String) throws {
        let author = try SuiAddress(parsing: "0xA")
        let query = VerifySignatureQuery(intent, signatureBase64: "BQ==", author: author)
        let body = try JSONValue.parse(query.requestBody)
        let schema = try VectorFiles.text("published/verify_signature.graphql")

        #expect(try body["query"].text == VerifySignatureQuery.document)
        #expect(
            try body["variables"] == [
                "message": "aGk=", "signature": "BQ==", "intentScope": .string(scope),
                "author": .string(author.description),
            ])
        #expect(schema.contains("\t\(scope)\n"))
    }

    @Test func success() {
        let answers = [
            #"{"data":{"verifySignature":{"success":true}}}"#,
            #"{"data":{"verifySignature":{"success":true}},"errors":null}"#,
            #"{"errors":[],"data":{"verifySignature":{"success":true,"more":1}},"extensions":{}}"#,
        ]
        for answer in answers {
            #expect(VerifySignatureAnswer(parsing: Array(answer.utf8)) == .valid)
        }
    }

    @Test("a false signature comes as an error of the asker")
    func refusals() {
        let invalid = Self.error("Verification failed: Groth16 proof verify failed")
        let malformed = Self.error("Cannot parse signature")
        let long = "Verification failed: " + String(repeating: "x", count: 60_000)

        #expect(
            VerifySignatureAnswer(parsing: invalid)
                == .invalid(detail: "Verification failed: Groth16 proof verify failed"))
        #expect(
            VerifySignatureAnswer(parsing: malformed)
                == .malformed(detail: "Cannot parse signature"))
        guard case .invalid(let detail) = VerifySignatureAnswer(parsing: Self.error(long)) else {
            Issue.record("a long reason is a reason")
            return
        }
        #expect(detail.utf8.count == 200)
    }

    @Test(
        "neither a clear yes nor a clear no is no answer",
        arguments: [
            "", " ", "null", "[]", "true", "<html>502 Bad Gateway</html>", "{", "{}",
            #"{"data":null}"#, #"{"data":{}}"#, #"{"data":{"verifySignature":null}}"#,
            #"{"data":{"verifySignature":{}}}"#, #"{"data":{"verifySignature":true}}"#,
            #"{"data":{"verifySignature":{"success":false}}}"#,
            #"{"data":{"verifySignature":{"success":null}}}"#,
            #"{"data":{"verifySignature":{"success":"true"}}}"#,
            #"{"data":{"verifySignature":{"success":1}}}"#,
            #"{"data":{"verifySignature":{"success":true}}} "x""#,
            #"{"data":{"verifySignature":{"success":false,"success":true}}}"#,
            #"{"data":{"verifySignature":{"success":true}},"errors":{}}"#,
            #"{"data":{"verifySignature":{"success":true}},"errors":[{"message":"x"}]}"#,
            #"{"errors":[]}"#, #"{"errors":[{}]}"#, #"{"errors":["Verification failed: x"]}"#,
            #"{"data":null,"errors":[{"message":"Verification failed: x"}]}"#,
        ])
    func unusable(answer: String) {
        expectUnusable(Array(answer.utf8))
    }

    @Test("other codes and other words are faults of the node")
    func faults() {
        for code in [
            "INTERNAL_SERVER_ERROR", "REQUEST_TIMEOUT", "GRAPHQL_PARSE_FAILED",
            "GRAPHQL_VALIDATION_FAILED", "RESOURCE_EXHAUSTED", "bad_user_input", "",
        ] {
            expectUnusable(Self.error("Verification failed: x", code: code))
        }
        for message in ["", "verification failed: x", "x Verification failed: x", "Rate limited"] {
            expectUnusable(Self.error(message))
        }
    }

    @Test("an answer that says both yes and no says nothing")
    func contradiction() {
        let error = #"{"message":"Verification failed: x","extensions":{"code":"BAD_USER_INPUT"}}"#
        let both = #"{"data":{"verifySignature":{"success":true}},"errors":[\#(error)]}"#
        let two = #"{"data":null,"errors":[\#(error),\#(error)]}"#

        expectUnusable(Array(both.utf8))
        expectUnusable(Array(two.utf8))
    }

    private func expectUnusable(
        _ body: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let answer = VerifySignatureAnswer(parsing: body)
        guard case .unusable = answer else {
            Issue.record("\(answer)", sourceLocation: sourceLocation)
            return
        }
    }

    private static func error(_ message: String, code: String = "BAD_USER_INPUT") -> [UInt8] {
        let body: JSONValue = [
            "data": nil,
            "errors": [
                [
                    "message": .string(message), "path": ["verifySignature"],
                    "extensions": ["code": .string(code)],
                ]
            ],
        ]
        return body.serialized()
    }
}
