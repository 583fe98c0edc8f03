import Authentication
import ByteCodecs
import HTTPTransport
import Idempotency
import Synchronization
import Testing

@testable import Gateway

@Suite struct IdempotencyKeyTests {
    private let bench = GatewayBench()
    private let body = #"{"displayName":"Ada"}"#

    init() throws {
        let claims = try Samples.claims()
        let customer = try Samples.customer()
        bench.doubles.set {
            $0.tokens = ["good": .success(.valid(claims))]
            $0.customer = .success(customer)
        }
    }

    private func rename(_ key: String?, body: String? = nil) async -> Answer {
        var headers = [("Authorization", "Bearer good")]
        if let key { headers.append(("Idempotency-Key", key)) }
        return await bench.send("PATCH", "/v1/customer", headers, body: body ?? self.body)
    }

    @Test("a key belongs to its caller and route, and knows the body by its hash")
    func handedOn() async throws {
        _ = await rename(nil)
        #expect(bench.doubles.state.withLock { $0.requests }.isEmpty)
        #expect(await rename("!k~").status == 200)
        _ = await rename("!k~", body: #"{"displayName": "Ada"}"#)
        let requests = bench.doubles.state.withLock { $0.requests }
        let (first, second) = (try #require(requests.first), try #require(requests.last))

        #expect(first.caller == "customer/42")
        #expect(first.route == "PATCH /v1/customer")
        #expect(first.key == "!k~")
        #expect(first.bodyHash.count == 32)
        #expect(first.bodyHash != second.bodyHash)
    }

    @Test(
        "a key of another form is refused before anything is done",
        arguments: [
            "", " ", "a b", "a\u{7F}", "é", "a\tb", String(repeating: "k", count: 256),
        ])
    func form(key: String) async throws {
        let answer = await rename(key)

        #expect(answer.status == 400)
        #expect(answer.code == "idempotency_key_invalid")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test(arguments: ["k", String(repeating: "~", count: 255)])
    func longAndShortKeysAreTaken(key: String) async {
        #expect(await rename(key).status == 200)
    }

    @Test("what was answered then is answered now, and not what is so now")
    func repeated() async {
        bench.doubles.set {
            $0.keyed = .success(
                .repeated(
                    KeptAnswer(
                        status: 200,
                        fields: [
                            .init(name: "Content-Type", value: "application/json"),
                            .init(name: "Cache-Control", value: "no-store"),
                        ], body: Array(#"{"then":1}"#.utf8))))
        }
        let answer = await rename("k")

        #expect(answer.status == 200)
        #expect(answer.text == #"{"then":1}"#)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.header("X-Request-Id") != nil)
    }

    @Test("an answer is kept whole, but for cookies")
    func kept() {
        let response = HTTPResponse(
            status: 202, headers: [("Location", "/x"), ("set-cookie", "a=b"), ("X-A", "")],
            body: [1, 0, 2])
        let again = HTTPResponse(KeptAnswer(response))

        #expect(again.status == 202)
        #expect(again.headers.map { "\($0.0): \($0.1)" } == ["Location: /x", "X-A: "])
        #expect(again.body.bytes == [1, 0, 2])
    }

    @Test("once the answer is forgotten, the profile as it is now is the answer")
    func forgotten() async throws {
        bench.doubles.set { $0.keyed = .success(.forgotten(made: nil)) }
        let answer = await rename("k")

        #expect(answer.status == 200)
        #expect(try answer.json()["customerId"] == 42)
    }

    @Test(
        arguments: [
            (KeyRefusal.inFlight, 409, "idempotency_key_in_flight"),
            (.reused, 422, "idempotency_key_reused"),
        ])
    func refused(refusal: KeyRefusal, status: Int, code: String) async {
        bench.doubles.set { $0.keyed = .failure(.keyRefused(refusal)) }
        let answer = await rename("k")

        #expect(answer.status == status)
        #expect(answer.code == code)
    }

    @Test("where a key is required, none is refused; where it is ignored, none is even bad")
    func rules() throws {
        let bare = HTTPRequest(method: "POST", target: "/v1/charges")
        let bad = HTTPRequest(
            method: "POST", target: "/v1/charges",
            headers: HTTPHeaders([("Idempotency-Key", "a b")]))

        #expect(throws: Problem(.idempotencyKeyMissing, "This call needs an Idempotency-Key.")) {
            try IdempotencyHeader.read(.required, from: bare, caller: "biller")
        }
        #expect(try IdempotencyHeader.read(.optional, from: bare, caller: "biller") == nil)
        #expect(try IdempotencyHeader.read(.ignored, from: bad, caller: nil) == nil)
        #expect(throws: Problem.self) {
            try IdempotencyHeader.read(.required, from: bad, caller: "biller")
        }
    }

    @Test("each call that changes something says what it makes of a key")
    func documented() async throws {
        let document = await bench.send("GET", "/openapi.json").text
        let paths = try #require(
            try JSONValue.parse(Array(document.utf8)).member("paths")?.objectMembers)
        for (path, item) in paths {
            for (method, call) in item.objectMembers ?? [] where method != "get" {
                let words = String(decoding: call.serialized(), as: UTF8.self)
                #expect(words.contains("Idempotency-Key"), "\(method) \(path)")
            }
        }
        let rename = CustomerCalls.renameDescription
        #expect(rename.allParameters.map(\.name) == ["Idempotency-Key"])
        #expect(rename.allProblems.contains(.idempotencyKeyInFlight))
        #expect(!rename.allProblems.contains(.idempotencyKeyMissing))
        #expect(CustomerCalls.profileDescription.allParameters.isEmpty)
    }

    @Test("answers with tokens are made anew, whatever key comes along")
    func signIn() async throws {
        let signedIn = try Samples.signedIn()
        bench.doubles.set { $0.verify = .success(signedIn) }
        for key in ["k", "k", "not a key"] {
            let answer = await bench.send(
                "POST", "/v1/auth/verify",
                [("Cookie", "__Host-sluice_challenge=C"), ("Idempotency-Key", key)],
                body: #"{"nonce":"NONCE","signature":"SIG"}"#)
            #expect(answer.status == 200)
        }
        #expect(bench.doubles.asked.count == 3)
        #expect(bench.doubles.state.withLock { $0.requests }.isEmpty)
    }

    @Test func pagesOfOursMaySendIt() async {
        let answer = await bench.send(
            "OPTIONS", "/v1/customer", [("Origin", "https://app.example")])

        #expect(answer.header("Access-Control-Allow-Headers")?.contains("Idempotency-Key") == true)
    }
}

extension JSONValue {
    fileprivate var objectMembers: [(name: String, value: JSONValue)]? {
        guard case .object(let object) = self else { return nil }
        return object.members.map { ($0.name, $0.value) }
    }

    fileprivate func member(_ name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }
}
