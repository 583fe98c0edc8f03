import Authentication
import ByteCodecs
import Testing

@testable import Gateway

@Suite struct CustomerCallsTests {
    private let bench = GatewayBench()
    private let bearer = [("Authorization", "Bearer good")]

    init() throws {
        let claims = try Samples.claims()
        let customer = try Samples.customer()
        bench.doubles.set {
            $0.tokens = ["good": .success(.valid(claims))]
            $0.customer = .success(customer)
        }
    }

    @Test func profileHasAllMembers() async throws {
        let body = try await bench.send("GET", "/v1/customer", bearer).json()

        #expect(
            body.members.map(\.name) == [
                "customerId", "walletAddress", "status", "displayName", "escrowAccountId",
                "createdAt",
            ])
        #expect(body["customerId"] == 42)
        #expect(body["createdAt"] == "2027-01-15T08:00:00.000Z")
    }

    @Test func namesAreSetAndTakenAway() async {
        _ = await bench.send("PATCH", "/v1/customer", bearer, body: #"{"displayName":"Ada"}"#)
        _ = await bench.send("PATCH", "/v1/customer", bearer, body: #"{"displayName":null}"#)

        #expect(bench.doubles.asked == ["rename Ada", "rename nil"])
    }

    @Test(
        arguments: [
            "{}", #"{"displayName":""}"#, #"{"displayName":7}"#, #"{"displayName":"a\nb"}"#,
            #"{"displayName":" "}"#, #"{"displayName":"\u2003\u200b\u3164"}"#,
            #"{"displayName":"a\u202eb"}"#, #"{"displayName":"\u2067a"}"#,
            #"{"displayName":"a","status":"active"}"#, #"{"displayname":"a"}"#,
            #"{"displayName":"\#(String(repeating: "x", count: 65))"}"#,
        ])
    func badNamesChangeNothing(body: String) async {
        let answer = await bench.send("PATCH", "/v1/customer", bearer, body: body)

        #expect(answer.code == "body_invalid")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test func anotherTypeOfBodyIsRefused() async {
        let answer = await bench.sendRaw(
            "PATCH", "/v1/customer", bearer + [("Content-Type", "text/plain")],
            body: #"{"displayName":"Ada"}"#)

        #expect(answer.code == "media_type_unsupported")
    }

    @Test("without a token nobody learns what a good body is")
    func credentialComesFirst() async {
        #expect(await bench.send("PATCH", "/v1/customer", body: "{").code == "token_missing")
    }

    @Test func aDatabaseThatIsAwayIsNotAnEmptyProfile() async {
        bench.doubles.set { $0.customer = .failure(.storageUnavailable) }
        let answer = await bench.send("GET", "/v1/customer", bearer)

        #expect(answer.code == "storage_unavailable")
        #expect(answer.header("Retry-After") == "2")
    }
}
