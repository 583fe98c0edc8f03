import Authentication
import ByteCodecs
import Determinism
import HTTPTransport
import Idempotency
import Identifiers
import Synchronization
import Testing

@testable import Gateway
@testable import Services

@Suite struct APIKeyCallsTests {
    private let bench = GatewayBench()
    private let headers = [("Authorization", "Bearer good")]
    private let id = "06060606-0606-0606-0606-060606060606"
    private let key: IssuedAPIKey

    private var doubles: ServiceDoubles { bench.doubles.customerServices }

    init() throws {
        let claims = try Samples.claims()
        bench.doubles.set { $0.tokens = ["good": .success(.valid(claims))] }
        let key = IssuedAPIKey(
            try Self.details(6), key: APIKey(for: .seal, from: bench.world.surroundings))
        self.key = key
        doubles.set { state in
            state.issued = .success(key)
            state.changed = .success(key.details)
        }
    }

    private static func details(_ number: UInt8) throws -> APIKeyDetails {
        APIKeyDetails(
            id: APIKeyID(try #require(UUIDv7(bytes: [UInt8](repeating: number, count: 16)))),
            customer: try #require(CustomerID(42)), service: .seal, name: "mine", state: .active,
            hint: "slk_s_abcdef", createdAt: Samples.now, changedAt: Samples.now, expiresAt: nil,
            lastUsedAt: nil, rotatedFrom: nil, rotatedTo: nil,
            changedIn: try #require(TransactionMark("77")))
    }

    @Test("the secret is in the answer to the one who makes it, and in no list")
    func secret() async throws {
        let made = await bench.send(
            "POST", "/v1/services/seal/api-keys", headers + [("Idempotency-Key", "k")],
            body: #"{"name":"mine"}"#)
        #expect(made.status == 201)
        #expect(try made.json()["key"] == .string(key.key.text))
        #expect(made.header("Cache-Control") == "no-store")
        try APIKeySchemas.issued.check(.object(try made.json()))
        doubles.set { $0.keys = [key.details] }
        let listed = await bench.send("GET", "/v1/services/seal/api-keys", headers)
        #expect(listed.status == 200)
        #expect(!listed.text.contains(key.key.text))
        try APIKeySchemas.list.check(.object(try listed.json()))
        #expect(doubles.asked == ["create seal mine k of 42", "keys seal of 42 51"])
    }

    @Test("a key may have no name, and its request no body")
    func nameless() async {
        let made = await bench.send("POST", "/v1/services/seal/api-keys", headers)
        #expect(made.status == 201)
        #expect(doubles.asked == ["create seal - - of 42"])
    }

    @Test(
        "a name that hides or turns what stands beside it is refused",
        arguments: [#"{"name":""}"#, #"{"name":" "}"#, "{\"name\":\"a\u{202E}b\"}", #"{"name":1}"#])
    func badName(body: String) async {
        let answer = await bench.send("POST", "/v1/services/seal/api-keys", headers, body: body)
        #expect(answer.code == "body_invalid")
        #expect(doubles.asked.isEmpty)
    }

    @Test("pages go on behind their last key")
    func pages() async throws {
        let keys = try (1...3).map { try Self.details(9 - $0) }
        doubles.set { $0.keys = keys }
        let first = await bench.send("GET", "/v1/services/seal/api-keys?limit=2", headers)
        guard case .string(let cursor)? = try first.json()["nextCursor"] else {
            Issue.record("no cursor: \(first.text)")
            return
        }
        let second = await bench.send(
            "GET", "/v1/services/seal/api-keys?limit=2&cursor=\(cursor)", headers)
        guard case .array(let items)? = try second.json()["items"] else { return }
        #expect(items.count == 1)
        #expect(try second.json()["nextCursor"] == .null)
    }

    @Test("an overlap is a day unless it is said, and at most a week")
    func overlap() async {
        for body in ["{}", #"{"overlapSeconds":0}"#, #"{"overlapSeconds":604800}"#] {
            let answer = await bench.send(
                "POST", "/v1/api-keys/\(id)/rotate", headers, body: body)
            #expect(answer.status == 201)
        }
        #expect(doubles.asked == ["rotate 86400 -", "rotate 0 -", "rotate 604800 -"])
        for body in [#"{"overlapSeconds":604801}"#, #"{"overlapSeconds":-1}"#] {
            let answer = await bench.send(
                "POST", "/v1/api-keys/\(id)/rotate", headers, body: body)
            #expect(answer.code == "body_invalid")
        }
        #expect(doubles.asked.count == 3)
    }

    @Test("a revocation waits until each edge has it, and says so")
    func waited() async throws {
        doubles.set {
            $0.edges = [
                [Self.edge("a", false), Self.edge("b", true)],
                [Self.edge("a", true), Self.edge("b", true)],
            ]
        }
        let answer = await bench.send("POST", "/v1/api-keys/\(id)/revoke?wait=10", headers)
        #expect(answer.status == 200)
        #expect(try answer.json()["applied"] == true)
        #expect(doubles.asked == ["revoke of 42", "edges 77", "edges 77"])
        try APIKeySchemas.revoked.check(.object(try answer.json()))
    }

    @Test("it waits no longer than was asked, and names the edge that has not applied it")
    func waitedInVain() async throws {
        doubles.set { $0.edges = [[Self.edge("a", true), Self.edge("b", false)]] }
        let began = Deadline.now
        let answer = await bench.send("POST", "/v1/api-keys/\(id)/revoke?wait=3", headers)
        let milliseconds = began.elapsedNanoseconds / 1_000_000
        #expect(milliseconds >= 3000)
        #expect(try answer.json()["applied"] == false)
        guard case .array(let edges)? = try answer.json()["edges"] else { return }
        #expect(edges.count == 2)
        #expect(doubles.asked.count { $0.hasPrefix("edges") } >= 2)
    }

    @Test("where no edge has ever reported, none has applied it")
    func noEdge() async throws {
        doubles.set { $0.edges = [[]] }
        let answer = await bench.send("POST", "/v1/api-keys/\(id)/revoke", headers)
        #expect(try answer.json()["applied"] == false)
        #expect(try answer.json()["edges"] == .array([]))
    }

    @Test("without a wish it does not wait")
    func notWaited() async throws {
        doubles.set { $0.edges = [[Self.edge("a", false)]] }
        let answer = await bench.send("POST", "/v1/api-keys/\(id)/revoke", headers)
        #expect(try answer.json()["applied"] == false)
        #expect(doubles.asked == ["revoke of 42", "edges 77"])
    }

    @Test("a wish is 1 to 10 seconds", arguments: ["0", "11", "-1", "x", ""])
    func badWait(wait: String) async {
        let answer = await bench.send("POST", "/v1/api-keys/\(id)/revoke?wait=\(wait)", headers)
        #expect(answer.code == "parameter_invalid")
        #expect(doubles.asked.isEmpty)
    }

    @Test(
        "each refusal has its status and its code",
        arguments: [
            (APIKeyError.unknown, 404, "api_key_unknown"),
            (.notConfigured, 409, "service_not_configured"),
            (.slotsTaken(slots: 1), 409, "api_key_slots_taken"),
            (.overlapsTaken(slots: 1), 409, "api_key_slots_taken"),
            (.notActive, 409, "api_key_not_active"),
            (.keyRefused(.inFlight), 409, "idempotency_key_in_flight"),
            (.keyRefused(.reused), 422, "idempotency_key_reused"),
            (.sealingFailed, 500, "internal_error"),
            (.storageUnavailable, 503, "storage_unavailable"),
        ])
    func refused(error: APIKeyError, status: Int, code: String) async {
        doubles.set { ($0.issued, $0.changed) = (.failure(error), .failure(error)) }
        for (method, path) in [
            ("POST", "/v1/services/seal/api-keys"), ("POST", "/v1/api-keys/\(id)/rotate"),
            ("POST", "/v1/api-keys/\(id)/revoke"), ("POST", "/v1/api-keys/\(id)/enable"),
            ("DELETE", "/v1/api-keys/\(id)"),
        ] {
            let answer = await bench.send(method, path, headers)
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
    }

    @Test("nobody without a token reaches a key", arguments: ["revoke", "enable", "rotate"])
    func stranger(act: String) async {
        let answer = await bench.send(
            "POST", "/v1/api-keys/\(id)/\(act)", [("Origin", "https://app.example")])
        #expect(answer.code == "token_missing")
        #expect(doubles.asked.isEmpty)
    }

    private static func edge(_ name: String, _ hasApplied: Bool) -> EdgeStanding {
        EdgeStanding(edge: name, hasApplied: hasApplied, version: 3, reportedAt: Samples.now)
    }
}
