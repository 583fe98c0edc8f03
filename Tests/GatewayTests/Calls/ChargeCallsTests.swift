import Authentication
import ByteCodecs
import Determinism
import Escrow
import HTTPTransport
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import Synchronization
import Testing

@testable import Gateway

@Suite struct ChargeCallsTests {
    private let bench = GatewayBench()
    private let headers = [("Authorization", "Bearer svc_1"), ("Idempotency-Key", "k")]
    private let body =
        #"{"customerId":42,"amountMicroUsdc":"1500000","description":"use","invoiceId":"i-1"}"#

    init() throws {
        let details = try Self.details(1)
        bench.doubles.set {
            $0.services = [
                "svc_1": .success(
                    ServiceCaller(keyID: "svc_1", name: "biller", scopes: [.charges, .refunds])),
                "svc_2": .failure(.scopeMissing(.charges)),
                "svc_3": .failure(.timestampSkewed), "svc_4": .failure(.signatureInvalid),
                "svc_5": .failure(.signatureReplayed), "svc_6": .failure(.storageUnavailable),
                "svc_7": .failure(.secretUnreadable),
            ]
            $0.plan = .success(Planned(id: details.id, isRepeated: false, details: details))
            $0.charges = [details]
        }
    }

    private static func details(
        _ number: UInt8, _ kind: Charge.Kind = .charge
    ) throws -> ChargeDetails {
        let uuid = try #require(UUIDv7(bytes: [UInt8](repeating: number, count: 16)))
        let account = try #require(AccountID(bytes: [UInt8](repeating: 9, count: 32)))
        return ChargeDetails(
            id: ChargeID(uuid), kind: kind, customer: CustomerID(42), account: account,
            amount: MicroUSDC(1_500_000), description: "use", invoice: "i-1", service: "biller",
            refundOf: kind == .refund ? ChargeID(uuid) : nil,
            progress: .init(plannedAt: Samples.now))
    }

    private func post(_ body: String, to path: String = "/v1/charges") async -> Answer {
        await bench.send("POST", path, headers, body: body)
    }

    @Test("a charge is planned under its service's key, and the answer is kept")
    func created() async throws {
        let answer = await post(body)
        let new = try #require(bench.doubles.state.withLock { $0.newCharges }.first)

        #expect(answer.status == 202)
        #expect(try answer.json()["state"] == "planned")
        #expect(try answer.json()["amountMicroUsdc"] == "1500000")
        #expect(new.amount == MicroUSDC(1_500_000))
        #expect(new.customer.number == 42)
        #expect(new.invoice == "i-1")
        #expect(new.key.caller == "biller")
        #expect(new.key.route == "POST /v1/charges")
        let kept = bench.doubles.state.withLock { $0.keptAnswers }
        #expect(kept.map(\.body) == [answer.response.body.bytes])
    }

    @Test("what is signed is what was sent")
    func signedParts() async throws {
        let sent = [
            ("Host", "api.example"), ("X-Timestamp", "17"), ("X-Nonce", "n"),
            ("X-HMAC-Signature", "ab"),
        ]
        _ = await bench.send("GET", "/v1/charges?limit=%31", headers + sent)
        let call = try #require(bench.doubles.state.withLock { $0.serviceCalls }.first)

        #expect(call.method == "GET")
        #expect(call.target == "/v1/charges?limit=%31")
        #expect(call.host == "api.example")
        #expect([call.timestamp, call.nonce, call.signature] == ["17", "n", "ab"])
        #expect(call.idempotencyKey == "k")
    }

    @Test("a header that is there twice is as good as none")
    func doubledHeaders() async throws {
        let sent = ["X-Timestamp", "X-Nonce", "X-HMAC-Signature"].flatMap {
            [($0, "a"), ($0, "a")]
        }
        _ = await bench.send("GET", "/v1/charges", headers + sent)
        let call = try #require(bench.doubles.state.withLock { $0.serviceCalls }.first)

        #expect([call.timestamp, call.nonce, call.signature] == [nil, nil, nil])
    }

    @Test(
        "who is not the service is refused before anything is read",
        arguments: [
            ("svc_9", 401, "service_key_unknown"), ("svc_2", 403, "scope_missing"),
            ("svc_3", 401, "timestamp_skewed"), ("svc_4", 401, "signature_invalid"),
            ("svc_5", 401, "signature_replayed"), ("svc_6", 503, "storage_unavailable"),
            ("svc_7", 500, "internal_error"),
        ])
    func refused(key: String, status: Int, code: String) async {
        let answer = await bench.send(
            "POST", "/v1/charges", [("Authorization", "Bearer \(key)")], body: "{")

        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(bench.doubles.state.withLock { $0.newCharges }.isEmpty)
    }

    @Test("an access token is no service's key, and cookies are none either")
    func customers() async throws {
        let claims = try Samples.claims()
        bench.doubles.set { $0.tokens = ["good": .success(.valid(claims))] }
        let byToken = await bench.send(
            "POST", "/v1/charges", [("Authorization", "Bearer good")], body: body)
        let byCookie = await bench.send(
            "GET", "/v1/charges", [("Cookie", "__Host-sluice_access=good")])

        #expect(byToken.code == "service_key_unknown")
        #expect(byCookie.code == "service_key_unknown")
    }

    @Test(
        "every other spelling of an amount is refused by its own code",
        arguments: [
            "1500000", "1.5", "\"\"", "\"0\"", "\"01\"", "\"-1\"", "\"+1\"", "\"1.0\"", "\"1e6\"",
            "\" 1\"", "\"１\"", "\"9223372036854775808\"", "\"18446744073709551616\"", "null",
            "true", "[]", "{}",
        ])
    func badAmounts(amount: String) async throws {
        let answer = await post(
            #"{"customerId":42,"amountMicroUsdc":\#(amount),"description":"use"}"#)

        #expect(answer.status == 400)
        #expect(answer.code == "amount_invalid")
        #expect(try answer.json()["member"] == "amountMicroUsdc")
        #expect(bench.doubles.state.withLock { $0.newCharges }.isEmpty)
    }

    @Test(
        arguments: [
            "{}", #"{"customerId":42,"amountMicroUsdc":"1"}"#,
            #"{"customerId":"42","amountMicroUsdc":"1","description":"a"}"#,
            #"{"customerId":0,"amountMicroUsdc":"1","description":"a"}"#,
            #"{"customerId":4294967296,"amountMicroUsdc":"1","description":"a"}"#,
            #"{"customerId":42,"amountMicroUsdc":"1","description":""}"#,
            #"{"customerId":42,"amountMicroUsdc":"1","description":"a","invoiceId":""}"#,
            #"{"customerId":42,"amountMicroUsdc":"1","description":"a","invoiceId":"a b"}"#,
            #"{"customerId":42,"amountMicroUsdc":"1","description":"a","more":1}"#,
        ])
    func badBodies(body: String) async {
        #expect(await post(body).code == "body_invalid")
        #expect(bench.doubles.state.withLock { $0.newCharges }.isEmpty)
    }

    @Test(arguments: ["/v1/charges", "/v1/refunds"])
    func aKeyIsNeeded(path: String) async throws {
        let id = try Self.details(1).id
        let text =
            path == "/v1/charges"
            ? body : #"{"chargeId":"\#(id)","amountMicroUsdc":"1","reason":"r"}"#
        let answer = await bench.send(
            "POST", path, [("Authorization", "Bearer svc_1")], body: text)

        #expect(answer.code == "idempotency_key_missing")
    }

    @Test("each refusal of a plan has its status, code and figures")
    func planRefusals() async throws {
        let charge = try Self.details(1).id
        let refusals: [(ChargeError, Int, String, [String])] = [
            (
                .insufficientBalance(available: MicroUSDC(1), required: MicroUSDC(5)), 402,
                "insufficient_balance",
                ["currentBalanceMicroUsdc", "estimatedCostMicroUsdc", "requiredDepositMicroUsdc"]
            ),
            (
                .spendingLimitReached(
                    limit: MicroUSDC(9), charged: MicroUSDC(8), resetsAt: Samples.now), 402,
                "monthly_limit_exceeded",
                [
                    "limitMicroUsdc", "chargedMicroUsdc", "estimatedCostMicroUsdc",
                    "remainingMicroUsdc", "resetsAt",
                ]
            ),
            (.customerUnknown, 404, "customer_unknown", []),
            (.accountMissing, 409, "escrow_account_missing", []),
            (.accountFrozen, 409, "account_frozen", []),
            (.alreadyCharged(charge), 409, "invoice_already_charged", ["chargeId"]),
            (.keyInFlight, 409, "idempotency_key_in_flight", []),
            (.keyReused, 422, "idempotency_key_reused", []),
            (.storage(.unavailable), 503, "storage_unavailable", []),
            (.storage(.connectionLost), 503, "storage_unavailable", []),
        ]
        for (error, status, code, members) in refusals {
            bench.doubles.set { $0.plan = .failure(error) }
            let answer = await post(body)

            #expect(answer.status == status)
            #expect(answer.code == code)
            for member in members { #expect(try answer.json()[member] != nil) }
        }
    }

    @Test("what is missing to a charge is told in micro-USDC")
    func figures() async throws {
        bench.doubles.set {
            $0.plan = .failure(
                .insufficientBalance(available: MicroUSDC(1), required: MicroUSDC(5)))
        }
        let json = try await post(body).json()

        #expect(json["currentBalanceMicroUsdc"] == "1")
        #expect(json["estimatedCostMicroUsdc"] == "5")
        #expect(json["requiredDepositMicroUsdc"] == "4")
    }

    @Test("a kept answer comes again as it was; a forgotten one is the charge as it is now")
    func repeated() async throws {
        let details = try Self.details(1)
        let kept = KeptAnswer(
            status: 202, fields: [.init(name: "Content-Type", value: "application/json")],
            body: Array(#"{"then":1}"#.utf8))
        bench.doubles.set {
            $0.plan = .success(Planned(id: details.id, isRepeated: true, answer: kept))
        }
        #expect(await post(body).text == #"{"then":1}"#)
        bench.doubles.set { $0.plan = .success(Planned(id: details.id, isRepeated: true)) }
        let forgotten = await post(body)

        #expect(forgotten.status == 202)
        #expect(try forgotten.json()["chargeId"] == .string(details.id.description))
    }

    @Test func aChargeIsFoundByItsIdAndNotAsARefund() async throws {
        let id = try Self.details(1).id
        let found = await bench.send("GET", "/v1/charges/\(id)", headers)
        let refund = await bench.send("GET", "/v1/refunds/\(id)", headers)

        #expect(found.status == 200)
        #expect(refund.code == "refund_unknown")
    }

    @Test(arguments: ["x", "01010101-0101-0101-0101-01010101010", "%2e"])
    func idsOfAnotherFormAreRefused(id: String) async {
        #expect(await bench.send("GET", "/v1/charges/\(id)", headers).status == 400)
    }

    @Test func anUnknownChargeIsNotFound() async throws {
        let id = try Self.details(7).id
        #expect(await bench.send("GET", "/v1/charges/\(id)", headers).code == "charge_unknown")
    }

    @Test("lists go on where they ended")
    func pages() async throws {
        let all = try [3, 2, 1].map { try Self.details($0) }
        bench.doubles.set { $0.charges = all }
        let first = try await bench.send("GET", "/v1/charges?limit=2", headers).json()
        guard case .string(let cursor)? = first["nextCursor"],
            case .array(let items)? = first["items"]
        else {
            Issue.record("no page: \(first)")
            return
        }
        #expect(items.count == 2)
        let rest = try await bench.send(
            "GET", "/v1/charges?limit=2&cursor=\(cursor)&state=settled&customerId=42", headers
        ).json()

        #expect(rest["nextCursor"] == .null)
        guard case .array(let last)? = rest["items"] else { return }
        #expect(last.count == 1)
        #expect(bench.doubles.asked.contains("list settled 42 3"))
    }

    @Test(
        arguments: [
            "state=lost", "state=", "customerId=0", "customerId=x", "limit=0", "limit=201",
            "cursor=x", "state=settled&state=planned",
        ])
    func badFiltersAreRefused(query: String) async {
        let answer = await bench.send("GET", "/v1/charges?\(query)", headers)

        #expect(answer.code == "parameter_invalid")
    }

    @Test("refunds are planned with their own key and scope")
    func refunds() async throws {
        let details = try Self.details(2, .refund)
        bench.doubles.set {
            $0.plan = .success(Planned(id: details.id, isRepeated: false, details: details))
        }
        let answer = await post(
            #"{"chargeId":"\#(details.id)","amountMicroUsdc":"5","reason":"r"}"#, to: "/v1/refunds")

        #expect(answer.status == 202)
        #expect(try answer.json()["refundId"] == .string(details.id.description))
        #expect(bench.doubles.asked.contains("authenticate refunds"))
    }

    @Test("each refusal of a refund has its code")
    func refundRefusals() async throws {
        let id = try Self.details(1).id
        let refusals: [(ChargeError, String)] = [
            (.chargeUnknown, "charge_unknown"), (.chargeNotSettled, "charge_not_settled"),
            (.refundExceedsCharge(remaining: MicroUSDC(3)), "refund_exceeds_charge"),
        ]
        for (error, code) in refusals {
            bench.doubles.set { $0.plan = .failure(error) }
            let answer = await post(
                #"{"chargeId":"\#(id)","amountMicroUsdc":"5","reason":"r"}"#, to: "/v1/refunds")
            #expect(answer.code == code)
        }
    }

    @Test("bad signatures count for the address they come from, good ones for their key")
    func limits() async {
        let bench = GatewayBench {
            $0.limits.standard = RateLimit("3/60") ?? .standard
            $0.limits.service = RateLimit("5/60") ?? .service
        }
        bench.doubles.set {
            $0.services = [
                "svc_1": .success(
                    ServiceCaller(keyID: "svc_1", name: "biller", scopes: [.charges]))
            ]
        }
        for _ in 0..<5 {
            #expect(await bench.send("GET", "/v1/charges", headers).status == 200)
        }
        #expect(await bench.send("GET", "/v1/charges", headers).code == "rate_limited")
        for _ in 0..<3 {
            let answer = await bench.send("GET", "/v1/charges", [("Authorization", "Bearer x")])
            #expect(answer.code == "service_key_unknown")
        }
        let asked = bench.doubles.asked.count
        let blocked = await bench.send("GET", "/v1/charges", [("Authorization", "Bearer x")])
        #expect(blocked.code == "rate_limited")
        #expect(bench.doubles.asked.count == asked)
    }

    @Test("a signed charge is overdue when its outcome is late, and only then")
    func overdue() async throws {
        var progress = ChargeDetails.Progress(plannedAt: Samples.now)
        progress.state = .signed
        let details = try Self.details(1)
        for (seconds, expected) in [(29, false), (31, true)] as [(Int64, Bool)] {
            progress.signedAt = Samples.now.adding(seconds: -seconds)
            let signed = ChargeDetails(
                id: details.id, kind: .charge, customer: nil, account: details.account,
                amount: details.amount, description: nil, invoice: nil, service: nil,
                refundOf: nil, progress: progress)
            bench.doubles.set { $0.charges = [signed] }
            let json = try await bench.send("GET", "/v1/charges/\(details.id)", headers).json()
            #expect(json["overdue"] == .bool(expected))
        }
    }

    @Test("what settled the obligation of an abandoned operation is named, by its own kind of id")
    func superseded() async throws {
        let digest = try TransactionDigest(bytes: [UInt8](repeating: 7, count: 32))
        let other = try Self.details(2)
        var progress = ChargeDetails.Progress(plannedAt: Samples.now)
        progress.state = .abandoned
        progress.abandonCause = .superseded
        for (kind, path, name) in [
            (Charge.Kind.charge, "/v1/charges", "chargeId"), (.refund, "/v1/refunds", "refundId"),
        ] {
            for other in [
                ChargeDetails.Superseding(id: other.id, state: .settled, digest: digest), nil,
            ] {
                progress.supersededBy = other
                let plain = try Self.details(1, kind)
                let details = ChargeDetails(
                    id: plain.id, kind: kind, customer: nil, account: plain.account,
                    amount: plain.amount, description: nil, invoice: nil, service: nil,
                    refundOf: plain.refundOf, progress: progress)
                bench.doubles.set { $0.charges = [details] }
                let json = try await bench.send("GET", "\(path)/\(plain.id)", headers).json()
                #expect(json["abandonReason"] == "superseded")
                guard let other else {
                    #expect(json["supersededBy"] == .null)
                    continue
                }
                let expected: JSONValue = [
                    "state": "settled", "digest": .string("\(digest)"),
                    name: .string("\(other.id)"),
                ]
                #expect(json["supersededBy"] == expected)
            }
        }
    }
}
