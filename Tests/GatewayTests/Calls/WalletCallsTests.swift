import Authentication
import ByteCodecs
import Escrow
import HTTPTransport
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import Synchronization
import Testing

@testable import Gateway

@Suite struct WalletCallsTests {
    private let bench = GatewayBench()
    private let bearer = [("Authorization", "Bearer good")]
    private let digest = "5ZqEEZgPvhYzJBVDPCPkqkGBUmXqrFUEgRcrBbBqZvyE"

    init() throws {
        let claims = try Samples.claims()
        bench.doubles.set { $0.tokens = ["good": .success(.valid(claims))] }
    }

    private func build(_ body: String) async -> Answer {
        await bench.send("POST", "/v1/wallet/transactions", bearer, body: body)
    }

    @Test(
        "each kind takes its own amounts",
        arguments: [
            (
                #"{"kind":"open","amountMicroUsdc":"0","spendingLimitMicroUsdc":"0"}"#,
                WalletRequest.open(payment: .zero, spendingLimit: .zero)
            ),
            (#"{"kind":"deposit","amountMicroUsdc":"5"}"#, .deposit(MicroUSDC(5))),
            (#"{"kind":"withdraw","amountMicroUsdc":"5"}"#, .withdraw(MicroUSDC(5))),
            (
                #"{"kind":"set_spending_limit","spendingLimitMicroUsdc":"0"}"#,
                .setSpendingLimit(.zero)
            ),
        ])
    func kinds(body: String, request: WalletRequest) async {
        _ = await build(body)
        #expect(bench.doubles.asked == ["build \(request)"])
    }

    @Test(
        "what a kind lacks or has no use for is refused",
        arguments: [
            (#"{"kind":"open","amountMicroUsdc":"1"}"#, "body_invalid"),
            (#"{"kind":"deposit"}"#, "body_invalid"),
            (#"{"kind":"deposit","amountMicroUsdc":"0"}"#, "amount_invalid"),
            (#"{"kind":"deposit","amountMicroUsdc":1}"#, "amount_invalid"),
            (
                #"{"kind":"withdraw","amountMicroUsdc":"1","spendingLimitMicroUsdc":"1"}"#,
                "body_invalid"
            ),
            (#"{"kind":"set_spending_limit","amountMicroUsdc":"1"}"#, "body_invalid"),
            (#"{"kind":"close","amountMicroUsdc":"1"}"#, "body_invalid"),
            (#"{"amountMicroUsdc":"1"}"#, "body_invalid"),
        ])
    func refused(body: String, code: String) async {
        #expect(await build(body).code == code)
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test("each refusal has its status, code and figures")
    func refusals() async throws {
        let account = try #require(AccountID(bytes: [UInt8](repeating: 9, count: 32)))
        let refusals: [(WalletError, Int, String, [String])] = [
            (.notConfigured, 503, "escrow_not_configured", []),
            (.nodeUnavailable, 503, "node_unavailable", []),
            (.accountMissing, 409, "escrow_account_missing", []),
            (.accountExists(account), 409, "escrow_account_exists", ["accountId"]),
            (.accountExists(nil), 409, "escrow_account_exists", []),
            (
                .gasInsufficient(available: 1, required: 2), 422, "gas_insufficient",
                ["availableMist", "requiredMist"]
            ),
            (
                .fundsInsufficient(available: 1, required: MicroUSDC(2)), 422,
                "funds_insufficient", ["availableMicroUsdc", "requiredMicroUsdc"]
            ),
            (
                .fundsScattered(atOnce: 1, available: 3, required: MicroUSDC(2), coins: 434), 422,
                "funds_scattered",
                ["atOnceMicroUsdc", "availableMicroUsdc", "requiredMicroUsdc", "coinLimit"]
            ),
            (.keyRefused(.inFlight), 409, "idempotency_key_in_flight", []),
            (.keyRefused(.reused), 422, "idempotency_key_reused", []),
            (
                .withdrawalExceedsBalance(MicroUSDC(1)), 422, "withdrawal_exceeds_balance",
                ["balanceMicroUsdc"]
            ),
            (.fails(reason: "r"), 422, "transaction_fails", ["reason"]),
            (.transactionUnknown, 404, "transaction_unknown", []),
            (.altered, 422, "transaction_altered", []), (.expired, 422, "transaction_expired", []),
            (.signatureMalformed(reason: "empty"), 400, "signature_malformed", ["reason"]),
            (.signatureInvalid(reason: "high_s"), 401, "signature_invalid", ["reason"]),
            (.verifierUnavailable, 503, "verifier_unavailable", []),
            (.tooManyWatched(limit: 50), 429, "rate_limited", ["limit"]),
            (.storage(.connectionLost), 503, "storage_unavailable", []),
        ]
        for (error, status, code, members) in refusals {
            bench.doubles.set { $0.walletError = error }
            let answer = await build(#"{"kind":"deposit","amountMicroUsdc":"5"}"#)
            #expect(answer.status == status)
            #expect(answer.code == code)
            for member in members { #expect(try answer.json()[member] != nil) }
            #expect((answer.header("Retry-After") != nil) == [429, 503].contains(status))
        }
    }

    @Test("bytes that are no Base64 are other bytes than those handed out")
    func notBase64() async {
        for text in ["?", "AAA", "AAAA=", "AA=A"] {
            _ = await bench.send(
                "POST", "/v1/wallet/transactions/\(digest)/submit", bearer,
                body: #"{"signature":"s","txBytes":"\#(text)"}"#)
        }
        #expect(bench.doubles.asked.allSatisfy { $0 == "submit \(digest) [] s" })
        #expect(bench.doubles.asked.count == 4)
    }

    @Test(arguments: ["x", "0OIl", String(repeating: "1", count: 31)])
    func whatIsNoDigestIsRefused(text: String) async {
        for path in ["", "/submit", "/watch"] {
            let method = path.isEmpty ? "GET" : "POST"
            let answer = await bench.send(
                method, "/v1/wallet/transactions/\(text)\(path)", bearer)
            #expect(answer.code == "parameter_invalid")
        }
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test("a digest of another length names nothing")
    func otherLength() async {
        let text = String(repeating: "z", count: 44)
        let answer = await bench.send("GET", "/v1/wallet/transactions/\(text)", bearer)
        #expect(answer.code == "transaction_unknown")
        #expect(bench.doubles.asked.isEmpty)
    }

    @Test(
        arguments: [
            ("GET", "/v1/wallet/balance"), ("GET", "/v1/wallet/transactions"),
            ("POST", "/v1/wallet/transactions"),
        ])
    func aSessionIsNeeded(method: String, path: String) async {
        #expect(await bench.send(method, path).code == "token_missing")
        let service = [("Authorization", "Bearer svc_1")]
        #expect(await bench.send(method, path, service).code == "token_invalid")
    }
}
