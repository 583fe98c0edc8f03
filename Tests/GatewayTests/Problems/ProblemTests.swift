import Authentication
import ByteCodecs
import HTTPTransport
import Testing

@testable import Gateway

@Suite struct ProblemTests {
    @Test(
        "each refusal of the sign-in has its status and code",
        arguments: [
            (SignInError.chainUnsupported("x"), 422, ProblemCode.chainUnsupported),
            (.tooManyChallenges(limit: 100), 429, .rateLimited),
            (.challengeUnknown, 401, .challengeUnknown),
            (.challengeExpired, 401, .challengeExpired),
            (.signatureMalformed(reason: "empty"), 400, .signatureMalformed),
            (.signatureInvalid(reason: "high_s"), 401, .signatureInvalid),
            (.customerClosed, 403, .customerClosed),
            (.verifierUnavailable, 503, .verifierUnavailable),
            (.storageUnavailable, 503, .storageUnavailable),
        ])
    func signIn(error: SignInError, status: Int, code: ProblemCode) {
        let problem = Problem(error, servedChain: "sui:testnet")

        #expect(problem.code == code)
        #expect(problem.code.status == status)
    }

    @Test(
        arguments: [
            (SessionError.refreshInvalid, ProblemCode.tokenInvalid),
            (.refreshExpired, .tokenExpired),
            (.refreshReused, .refreshReused), (.customerClosed, .customerClosed),
            (.sessionUnknown, .sessionUnknown), (.storageUnavailable, .storageUnavailable),
        ])
    func sessions(error: SessionError, code: ProblemCode) {
        #expect(Problem(error).code == code)
    }

    @Test(
        arguments: [
            (TokenRefusal.invalid, ProblemCode.tokenInvalid), (.expired, .tokenExpired),
            (.sessionEnded, .sessionEnded), (.undecided, .storageUnavailable),
        ])
    func tokens(refusal: TokenRefusal, code: ProblemCode) {
        #expect(Problem(refusal).code == code)
    }

    @Test("the status on the line is the status in the body", arguments: ProblemCode.allCases)
    func bodies(code: ProblemCode) throws {
        let answer = Answer(
            response: Problem(code, "d", members: ["status": 1, "fact": 2]).response(
                requestID: "r1"),
            isImmediate: true)
        let body = try answer.json()

        #expect(answer.status == code.status)
        #expect(body["status"] == .integer(Int64(code.status)))
        #expect(body["type"] == .string("/problems/\(code.rawValue)"))
        #expect(body["instance"] == "r1")
        #expect(body["fact"] == 2)
        #expect((answer.header("WWW-Authenticate") != nil) == (code.status == 401))
        #expect((answer.header("Retry-After") != nil) == (code.status == 503))
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(!code.explanation.title.isEmpty && !code.explanation.remedy.isEmpty)
    }

    @Test func explanationsAreTheCodesOwn() {
        let titles = Set(ProblemCode.allCases.map(\.explanation.title))

        #expect(titles.count == ProblemCode.allCases.count)
    }

    @Test(
        arguments: [
            TransportRefusal.headMalformed, .framingAmbiguous, .contentLengthInvalid, .hostMissing,
            .transferEncodingUnsupported, .methodUnsupported, .targetInvalid,
            .headerDuplicated(.cookie), .headerValueInvalid, .expectationUnsupported,
            .targetTooLong,
            .headersTooLarge, .bodyTooLarge(limit: 65_536), .connectionLimitReached, .shuttingDown,
        ])
    func transport(refusal: TransportRefusal) {
        #expect(Problem(refusal).code.status == refusal.status)
    }
}
