import Authentication
import ByteCodecs
import Determinism
import FoundationEssentials
import HTTPTransport
import Idempotency
import Identifiers
import Services
import Synchronization
import Testing

@testable import Billing
@testable import Gateway

@Suite struct SubscriptionCallsTests {
    private let bench = GatewayBench()
    private let headers = [("Authorization", "Bearer good"), ("Idempotency-Key", "k")]
    private let book: PriceBook
    private let starter = ServiceConfiguration(
        tier: .starter, hasBurst: false, sealKeys: 1, packagesPerKey: 3, apiKeys: 1)

    init() throws {
        book = try Self.shippedBook()
        let claims = try Samples.claims()
        bench.doubles.set { $0.tokens = ["good": .success(.valid(claims))] }
        let version = try #require(book.version(at: Samples.now))
        bench.doubles.customerServices.set { $0.prices = .success(version) }
    }

    private static func shippedBook() throws -> PriceBook {
        let folder = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let bytes = FileManager.default.contents(atPath: "/\(folder)/Config/pricebook.json")
        return try PriceBook(parsing: Array(try #require(bytes)))
    }

    private func enabled() throws -> SubscriptionOutcome {
        let chosen = try Subscription(service: .seal)
            .configuring(starter, at: Samples.now, by: book).subscription
        let change = try chosen.enabling(at: Samples.now, by: book)
        let uuid = try #require(UUIDv7(bytes: [UInt8](repeating: 5, count: 16)))
        return SubscriptionOutcome(
            standing(change.subscription), change: change, invoice: InvoiceID(uuid),
            charge: ChargeID(uuid))
    }

    private func standing(_ subscription: Subscription) -> ServiceStanding {
        ServiceStanding(
            subscription, monthly: MicroUSDC(20_000_000), createdAt: Samples.now,
            changedAt: Samples.now)
    }

    private func refuse(_ error: SubscriptionError) {
        bench.doubles.customerServices.set {
            ($0.change, $0.quote, $0.standings) = (
                .failure(error), .failure(error), .failure(error)
            )
        }
    }

    // MARK: - The catalogue

    @Test("the catalogue is for anybody, and has the prices of the book")
    func catalogue() async throws {
        let answer = await bench.send("GET", "/v1/services/catalog")
        let body = try answer.json()
        guard case .array(let services)? = body["services"],
            case .object(let seal)? = services.first,
            case .array(let tiers)? = seal["tiers"],
            case .object(let pro)? = tiers.dropFirst().first,
            case .object(let terms)? = pro["terms"]
        else {
            Issue.record("another shape: \(answer.text)")
            return
        }
        #expect(answer.status == 200)
        #expect(terms["monthlyMicroUsdc"] == "40000000")
        #expect(terms["burst"] == ["monthlyMicroUsdc": "10000000", "requestsPerSecond": 2000])
        #expect(services.count == 3)
        #expect(answer.header("Cache-Control") == "public, max-age=60")
        try ServiceSchemas.catalogue.check(.object(body))
    }

    @Test("whoever has it already is told so", arguments: ["", "W/", "\"x\", "])
    func known(before: String) async throws {
        let tag = try #require(await bench.send("GET", "/v1/services/catalog").header("ETag"))
        let again = await bench.send(
            "GET", "/v1/services/catalog", [("If-None-Match", before + tag)])
        #expect(again.status == 304)
        #expect(again.header("ETag") == tag)
        #expect(again.response.body.bytes.isEmpty)
        let other = await bench.send(
            "GET", "/v1/services/catalog", [("If-None-Match", "\"other\"")])
        #expect(other.status == 200)
    }

    @Test("without a price book nothing is sold")
    func noPrices() async {
        bench.doubles.customerServices.set { $0.prices = .failure(.noPrices) }
        let answer = await bench.send("GET", "/v1/services/catalog")
        #expect(answer.status == 503)
        #expect(answer.code == "prices_unavailable")
        #expect(answer.header("Retry-After") != nil)
    }

    // MARK: - A customer's services

    @Test(
        "nothing of a customer's is told to who has no token",
        arguments: [
            ("GET", "/v1/services"), ("GET", "/v1/services/seal"),
            ("POST", "/v1/services/seal/quote"), ("PUT", "/v1/services/seal"),
            ("POST", "/v1/services/seal/enable"), ("POST", "/v1/services/seal/disable"),
        ])
    func stranger(method: String, path: String) async {
        let answer = await bench.send(
            method, path, [("Idempotency-Key", "k"), ("Origin", "https://app.example")],
            body: method == "GET" ? nil : #"{"tier":"pro"}"#)
        #expect(answer.code == "token_missing")
        #expect(bench.doubles.customerServices.asked.isEmpty)
    }

    @Test("what is charged wants a key", arguments: ["enable", ""])
    func keyMissing(step: String) async {
        let answer = await bench.send(
            step.isEmpty ? "PUT" : "POST", "/v1/services/seal" + (step.isEmpty ? "" : "/enable"),
            [("Authorization", "Bearer good")], body: step.isEmpty ? #"{"tier":"pro"}"# : nil)
        #expect(answer.code == "idempotency_key_missing")
        #expect(bench.doubles.customerServices.asked.isEmpty)
    }

    @Test(
        "a body that is not what it says is refused by the member's name",
        arguments: [
            (#"{}"#, "tier"), (#"{"tier":"gold"}"#, "tier"), (#"{"tier":1}"#, "tier"),
            (#"{"tier":"pro","burst":true}"#, "burst"),
            (#"{"tier":"pro","options":[]}"#, "options"),
            (#"{"tier":"pro","options":{"sealKeys":"2"}}"#, "options.sealKeys"),
            (#"{"tier":"pro","options":{"sealKeys":-1}}"#, "options.sealKeys"),
            (#"{"tier":"pro","options":{"apiKeys":1001}}"#, "options.apiKeys"),
            (#"{"tier":"pro","options":{"seats":1}}"#, "options.seats"),
        ])
    func malformed(body: String, member: String) async throws {
        for (method, path) in [("PUT", "/v1/services/seal"), ("POST", "/v1/services/seal/quote")] {
            let answer = await bench.send(method, path, headers, body: body)
            #expect(answer.status == 400)
            #expect(answer.code == "body_invalid")
            #expect(try answer.json()["member"] == .string(member))
        }
        #expect(bench.doubles.customerServices.asked.isEmpty)
    }

    @Test("a service that there is not is no service")
    func unknownService() async {
        let answer = await bench.send("GET", "/v1/services/mail", headers)
        #expect(answer.status == 400)
        #expect(answer.code == "parameter_invalid")
    }

    @Test("what was charged is told, and kept for the same request")
    func changed() async throws {
        let outcome = try enabled()
        bench.doubles.customerServices.set { $0.change = .success(.done(outcome)) }
        let answer = await bench.send("POST", "/v1/services/seal/enable", headers)
        let body = try answer.json()
        #expect(answer.status == 200)
        #expect(body["effect"] == "immediate")
        #expect(body["invoiceId"] == .string("05050505-0505-0505-0505-050505050505"))
        #expect(body["chargeNowMicroUsdc"] == .string(outcome.change.chargeNow.description))
        guard case .object(let service)? = body["service"] else {
            Issue.record("no service: \(answer.text)")
            return
        }
        #expect(service["state"] == "enabled")
        try ServiceSchemas.change.check(.object(body))
        #expect(
            bench.doubles.customerServices.state.withLock { $0.kept.map(\.body) } == [
                answer.response.body.bytes
            ])
        #expect(
            bench.doubles.customerServices.asked == [
                "enable seal k POST /v1/services/seal/enable"
            ])
    }

    @Test("the first answer comes again as it was")
    func repeated() async {
        let kept = KeptAnswer(status: 200, fields: [], body: Array("{\"kept\":1}".utf8))
        bench.doubles.customerServices.set { $0.change = .success(.repeated(kept)) }
        let answer = await bench.send(
            "PUT", "/v1/services/seal", headers, body: #"{"tier":"pro","options":{"apiKeys":4}}"#)
        #expect(answer.text == "{\"kept\":1}")
        #expect(bench.doubles.customerServices.asked == ["configure seal pro 4 of 42"])
    }

    @Test("a request that was forgotten changes nothing and tells what is now")
    func forgotten() async throws {
        let outcome = try enabled()
        bench.doubles.customerServices.set {
            $0.change = .success(.forgotten(made: outcome.invoice?.uuid))
            $0.standings = .success([outcome.standing])
        }
        let answer = await bench.send("POST", "/v1/services/seal/enable", headers)
        #expect(try answer.json()["effect"] == "forgotten")
        #expect(try answer.json()["invoiceId"] != .null)
        try ServiceSchemas.change.check(.object(try answer.json()))
    }

    @Test("a quote that cannot be paid says why, with the figures, and is no error")
    func quoted() async throws {
        let change = try enabled().change
        let refusal = SubscriptionError.refused(
            .funds(
                .insufficientBalance(
                    current: MicroUSDC(3), estimatedCost: MicroUSDC(10),
                    requiredDeposit: MicroUSDC(7))))
        bench.doubles.customerServices.set {
            $0.quote = .success(ServiceQuote(change, refusal: refusal))
        }
        let answer = await bench.send(
            "POST", "/v1/services/seal/quote", [("Authorization", "Bearer good")],
            body: #"{"tier":"starter"}"#)
        #expect(answer.status == 200)
        #expect(try answer.json()["allowed"] == false)
        guard case .object(let error)? = try answer.json()["error"] else {
            Issue.record("no reason: \(answer.text)")
            return
        }
        #expect(error["code"] == "insufficient_balance")
        #expect(error["requiredDepositMicroUsdc"] == "7")
        try ServiceSchemas.quote.check(.object(try answer.json()))
    }

    // MARK: - Refusals

    @Test("too little is 402 with the three figures")
    func insufficient() async throws {
        refuse(
            .refused(
                .funds(
                    .insufficientBalance(
                        current: .zero, estimatedCost: MicroUSDC(20_000_000),
                        requiredDeposit: MicroUSDC(20_000_001)))))
        let answer = await bench.send("POST", "/v1/services/seal/enable", headers)
        #expect(answer.status == 402)
        #expect(answer.code == "insufficient_balance")
        #expect(try answer.json()["currentBalanceMicroUsdc"] == "0")
        #expect(try answer.json()["estimatedCostMicroUsdc"] == "20000000")
        #expect(try answer.json()["requiredDepositMicroUsdc"] == "20000001")
    }

    @Test("a limit that is reached is 402 with the four figures")
    func limited() async throws {
        refuse(
            .refused(
                .funds(
                    .monthlyLimitExceeded(
                        limit: MicroUSDC(9), charged: MicroUSDC(5), estimatedCost: MicroUSDC(6),
                        remaining: MicroUSDC(4)))))
        let answer = await bench.send(
            "PUT", "/v1/services/seal", headers, body: #"{"tier":"pro"}"#)
        #expect(answer.status == 402)
        #expect(answer.code == "monthly_limit_exceeded")
        let names = ["limit", "charged", "estimatedCost", "remaining"]
        let body = try answer.json()
        #expect(names.map { body["\($0)MicroUsdc"] } == ["9", "5", "6", "4"])
    }

    @Test(
        "each refusal has its status and its code",
        arguments: [
            (SubscriptionError.refused(.paymentOwed(MicroUSDC(5))), 402, "payment_owed"),
            (
                .refused(.upgradeWhileSuspended(.suspendedNoPayment)), 409, "service_suspended"
            ),
            (
                .refused(.state(IllegalInstanceChange(from: .suspendedByOperator, on: .enable))),
                409, "service_state_conflict"
            ),
            (.refused(.notConfigured), 409, "service_not_configured"),
            (.refused(.configuration(.serviceNotSold(.grpc))), 422, "configuration_refused"),
            (.refused(.configuration(.tierByAgreement(.enterprise))), 422, "configuration_refused"),
            (
                .refused(.configuration(.outOfRange(.sealKeys, minimum: 1, maximum: 100))), 422,
                "configuration_refused"
            ),
            (.refused(.rating(.tooLarge)), 500, "internal_error"),
            (.slotsInUse(active: 3, wanted: 1), 409, "api_keys_in_use"),
            (.accountMissing, 409, "escrow_account_missing"),
            (.accountFrozen, 409, "account_frozen"),
            (.keyRefused(.inFlight), 409, "idempotency_key_in_flight"),
            (.keyRefused(.reused), 422, "idempotency_key_reused"),
            (.noPrices, 503, "prices_unavailable"),
            (.storageUnavailable, 503, "storage_unavailable"),
        ])
    func refused(error: SubscriptionError, status: Int, code: String) async {
        refuse(error)
        for (method, path, body) in [
            ("PUT", "/v1/services/seal", #"{"tier":"pro"}"#),
            ("POST", "/v1/services/seal/enable", ""),
            ("POST", "/v1/services/seal/quote", #"{"tier":"pro"}"#),
        ] {
            let answer = await bench.send(method, path, headers, body: body.isEmpty ? nil : body)
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
    }
}
