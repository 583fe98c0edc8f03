import Authentication
import ByteCodecs
import Determinism
import Identifiers
import Services
import Testing

@testable import Billing
@testable import Gateway

@Suite struct BillingCallsTests {
    private let bench = GatewayBench()
    private let bearer = [("Authorization", "Bearer good")]
    private let customer: CustomerID

    init() throws {
        let claims = try Samples.claims()
        customer = claims.customerID
        let invoices = try [3, 2, 1].map { try Self.invoice($0, of: claims.customerID) }
        let lines = try Self.lines()
        bench.doubles.set {
            $0.tokens = ["good": .success(.valid(claims))]
            $0.invoices = invoices
            $0.lines = lines
        }
    }

    private static func invoice(
        _ number: UInt8, of customer: CustomerID
    ) throws -> StoredInvoice {
        let uuid = try #require(UUIDv7(bytes: [UInt8](repeating: number, count: 16)))
        return StoredInvoice(
            id: InvoiceID(uuid), customer: customer, state: .charging(ChargeID(uuid)),
            reason: .threshold, total: MicroUSDC(5_000_000), priceVersion: 1,
            openedAt: Samples.now, closedAt: Samples.now, endedAt: nil,
            charge: InvoicedCharge(
                id: ChargeID(uuid), state: "signed", digest: String(repeating: "1", count: 44),
                checkpoint: nil))
    }

    private static func lines() throws -> [StoredLine] {
        let month = Month(containing: Samples.now)
        let group = UsageGroup(month: month, service: .seal, tier: .pro, priceVersion: 1)
        let hour = Hour(containing: Samples.now)
        let use = UsageCharge(
            group: group, before: 7, parts: [.init(hour: hour, from: 1, through: 4)])
        let chosen = ServiceConfiguration(
            tier: .pro, hasBurst: true, sealKeys: 1, packagesPerKey: 3, apiKeys: 2)
        let fee = BaseFeeCharge(
            service: .seal, configuration: chosen, days: MonthDays(whole: month), priceVersion: 1)
        let all = [
            InvoiceLine(.lateUsage(use), amount: MicroUSDC(300)),
            InvoiceLine(.baseFeeReturned(fee), amount: MicroUSDC(-51_000_000)),
            InvoiceLine(
                .credit(try #require(CreditID("01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"))),
                amount: MicroUSDC(-1)),
        ]
        return all.enumerated().map { StoredLine(number: Int64($0.offset), line: $0.element) }
    }

    private func get(_ path: String) async -> Answer { await bench.send("GET", path, bearer) }

    @Test("use is of whole periods in UTC, from the month's beginning to now where nothing is said")
    func spans() async {
        for query in [
            "", "?granularity=hour&from=2027-01-14T22:59:59.999Z&to=2027-01-14T23:00:00.001Z",
            "?from=2027-01-01T00:00:00.000Z&to=2027-01-02T00:00:00.000Z",
        ] { #expect(await get("/v1/billing/usage" + query).status == 200) }

        let number = customer.number
        #expect(
            bench.doubles.asked == [
                "usage \(number) 2027-01-01T00:00:00.000Z 2027-01-16T00:00:00.000Z day",
                "usage \(number) 2027-01-14T22:00:00.000Z 2027-01-15T00:00:00.000Z hour",
                "usage \(number) 2027-01-01T00:00:00.000Z 2027-01-02T00:00:00.000Z day",
            ])
    }

    @Test(
        "a span that is none, too long, or not a time is refused",
        arguments: [
            "from=2027-01-15T00:00:00.000Z&to=2027-01-15T00:00:00.000Z",
            "from=2027-02-01T00:00:00.000Z",
            "granularity=hour&from=2026-12-01T00:00:00.000Z&to=2027-01-01T01:00:00.000Z",
            "from=2025-01-01T00:00:00.000Z&to=2026-01-03T00:00:00.000Z", "from=yesterday",
            "granularity=week", "from=0000-00-00T00:00:00.000Z",
        ])
    func refusedSpans(query: String) async {
        let answer = await get("/v1/billing/usage?" + query)

        #expect(answer.status == 400)
        #expect(answer.code == "parameter_invalid")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test("use has no cost where there is no price, and no answer where there is no database")
    func unpriced() async throws {
        bench.doubles.set {
            $0.use = [
                PeriodSum(
                    start: Samples.now, service: .seal, tier: .pro, requests: 3, successful: 2,
                    bytesIn: 4, bytesOut: 5)
            ]
        }
        let items = try await get("/v1/billing/usage").json()["items"]
        #expect(
            items == [
                [
                    "start": .string(Samples.now.rfc3339), "serviceType": "seal", "requests": 3,
                    "successfulRequests": 2, "bytesIn": 4, "bytesOut": 5, "costMicroUsdc": nil,
                ]
            ])

        bench.doubles.set { $0.use = nil }
        #expect(await get("/v1/billing/usage").code == "storage_unavailable")
    }

    @Test("invoices come page by page, newest first, with their charge")
    func pages() async throws {
        let first = try await get("/v1/billing/invoices?limit=2").json()
        let cursor = try #require(first["nextCursor"]?.text)
        let second = try await get("/v1/billing/invoices?limit=2&cursor=\(cursor)").json()

        #expect(first["items"]?.elements.count == 2)
        #expect(second["items"]?.elements.count == 1)
        #expect(second["nextCursor"] == .null)
        let invoice = try #require(first["items"]?.elements.first)
        #expect(invoice["totalMicroUsdc"] == "5000000")
        #expect(invoice["charge"]?["digest"] == .string(String(repeating: "1", count: 44)))
    }

    @Test("lines tell what they rest on; what lowers the total says so")
    func lines() async throws {
        let path = "/v1/billing/invoices/03030303-0303-0303-0303-030303030303/lines"
        let first = try await get(path + "?limit=2").json()
        let items = try #require(first["items"]?.elements)
        let cursor = try #require(first["nextCursor"]?.text)
        let rest = try await get(path + "?cursor=\(cursor)").json()["items"]?.elements

        #expect(items.map { $0["kind"] } == ["late_usage", "base_fee_returned"])
        #expect(items[0]["usage"]?["requests"] == 3)
        #expect(items[0]["usage"]?["requestsBefore"] == 7)
        #expect(items[1]["isDeduction"] == true)
        #expect(items[1]["amountMicroUsdc"] == "51000000")
        #expect(items[1]["baseFee"]?["lastDay"] == 31)
        #expect(rest?.map { $0["kind"] } == ["credit"])
    }

    @Test(
        "another's invoice, and none, are both unknown",
        arguments: ["", "/lines"])
    func unknown(path: String) async {
        let other = "/v1/billing/invoices/04040404-0404-0404-0404-040404040404\(path)"
        #expect(await get(other).code == "invoice_unknown")
        #expect(await get("/v1/billing/invoices/3\(path)").code == "parameter_invalid")
        #expect(
            await bench.send("GET", other, []).code == "token_missing")
    }
}

extension JSONValue {
    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    fileprivate subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }
}
