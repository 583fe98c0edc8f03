import Authentication
import ByteCodecs
import Determinism
import HTTPTransport
import SuiProtocol

/// `POST /v1/auth/challenge` and `POST /v1/auth/verify`: from a wallet to a session.
struct SignInCalls: Sendable {
    let signIn: any SignInService
    let tokenCookies: TokenCookies
    let chain: String

    var routes: [Route] {
        [
            Route(Self.challengeDescription(chain: chain), .later(challenge)),
            Route(Self.verifyDescription, .later(verify), recorder: record),
        ]
    }

    @Sendable private func challenge(_ call: Call) async throws(Problem) -> HTTPResponse {
        let address = try Self.address(in: call)
        let challenge: Challenge
        do {
            challenge = try await signIn.challenge(
                address: address, chain: call.text("chain"), caller: call.caller)
        } catch {
            throw Problem(error, servedChain: chain)
        }
        let lifetime = challenge.expiresAt.seconds - challenge.issuedAt.seconds
        return .json(
            201, JSONValue(challenge),
            headers: [
                tokenCookies.names.setting(.challenge, to: challenge.token, seconds: lifetime)
            ])
    }

    @Sendable private func verify(_ call: Call) async throws(Problem) -> HTTPResponse {
        let (address, token): (SuiAddress?, String)
        do throws(Problem) {
            (address, token) = (try Self.address(in: call), try Self.challengeToken(of: call))
        } catch {
            await record(error, call.caller)
            throw error
        }
        let signedIn: SignedIn
        do {
            signedIn = try await signIn.verify(
                nonce: call.text("nonce") ?? "", challengeToken: token,
                signature: call.text("signature") ?? "", address: address, caller: call.caller)
        } catch {
            throw Problem(error, servedChain: chain)
        }
        let isWithoutCookies = call.credentials.cookies.challenge == nil
        return .json(
            200, JSONValue(signedIn, showsRefreshToken: isWithoutCookies),
            headers: tokenCookies.setting(signedIn)
                + [tokenCookies.names.clearing(.challenge)])
    }

    /// Every refusal of this call leaves one record: here what never reached ``SignIn``, which
    /// sees to its own. Only the limits are not on record, nor what the transport would not read.
    @Sendable private func record(_ problem: Problem, _ caller: CallerContext) async {
        guard let refusal = SignInRefusal(rawValue: problem.code.rawValue) else { return }
        await signIn.record(refusal, caller: caller)
    }

    /// From the cookie, or from `X-Challenge-Token` of a client that keeps none.
    private static func challengeToken(of call: Call) throws(Problem) -> String {
        let cookie = call.credentials.cookies.challenge
        let header = call.textParameter(challengeTokenHeader)
        if let cookie, let header, cookie != header {
            throw Problem(
                .credentialsConflict,
                "The challenge cookie and \(challengeTokenHeader) contradict each other.")
        }
        // Without either the attempt still goes its way, to be refused there and put on record.
        return cookie ?? header ?? ""
    }

    private static func address(in call: Call) throws(Problem) -> SuiAddress? {
        guard let text = call.text("address") else { return nil }
        do {
            return try SuiAddress(parsing: text)
        } catch {
            throw Problem(
                .bodyInvalid, "address must be a Sui address.", members: ["member": "address"])
        }
    }
}
