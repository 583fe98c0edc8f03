import ByteCodecs
import HTTPTransport
import Testing

@testable import Gateway

@Suite struct BodyReaderTests {
    private let schema = Schema.object([.init("a", .flag, required: false, "")])

    private func code(
        _ body: String, type: String? = "application/json", optional: Bool = false
    ) -> ProblemCode? {
        let request = HTTPRequest(
            method: "POST", target: "/",
            headers: HTTPHeaders(type.map { [("Content-Type", $0)] } ?? []), body: Array(body.utf8))
        do {
            _ = try BodyReader.read(optional ? .optional(schema) : .required(schema), from: request)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        arguments: [
            "application/json", "APPLICATION/JSON", "application/json; charset=utf-8",
            #"application/json;charset="UTF-8""#,
        ])
    func jsonIsTaken(type: String) {
        #expect(code(#"{"a":true}"#, type: type) == nil)
    }

    @Test(
        arguments: [
            nil, "", "text/plain", "application/jsonx", "application/problem+json", "text/json",
            "application/json; charset=latin1", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x", "application/json, text/plain", "application/json;",
        ])
    func otherTypesAreRefused(type: String?) {
        #expect(code(#"{"a":true}"#, type: type) == .mediaTypeUnsupported)
    }

    @Test(
        arguments: [
            "", " ", "{", "{}x", #"{"a":true,"a":true}"#, #"{"a":tru}"#, "\u{FEFF}{}", "{'a':true}",
            #"{"a":1}"#, #"{"b":true}"#, "[]", "true", #"{"a":"\ud800"}"#,
            String(repeating: "[", count: 1000),
        ])
    func badBodiesAreRefused(body: String) {
        #expect(code(body) == .bodyInvalid)
    }

    @Test func anEmptyBodyIsAnEmptyObjectOnlyWhereOptional() {
        #expect(code("", type: nil, optional: true) == nil)
        #expect(code("{}", type: nil, optional: true) == .mediaTypeUnsupported)
        #expect(code(" ", optional: true) == .bodyInvalid)
    }

    @Test func anUnknownMemberIsNamedButNotRepeatedAtLength() throws {
        let problem = Problem(
            SchemaViolation(member: String(repeating: "x", count: 5000), fault: .unknownMember))

        #expect(problem.detail.utf8.count < 200)
    }
}
