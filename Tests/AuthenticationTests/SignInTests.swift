import Determinism
import Identifiers
import SuiProtocol
import TestSupport
import Testing

@testable import Authentication

@Suite struct SignInTests {
    private let wallet: Wallet

    init() throws {
        wallet = try Wallet()
    }

    @Test("a signature over our text opens one session, once")
    func once() async throws {
        let world = try await AuthenticationWorld()
        let challenge = try await world.services.signIn.challenge(
            address: wallet.address, chain: "sui:testnet", caller: world.caller)

        let signedIn = try await world.verify(challenge, by: wallet)

        #expect(signedIn.customer.walletAddress == wallet.address)
        #expect(signedIn.session.ip == "192.0.2.7")
        await #expect(throws: SignInError.challengeUnknown) {
            try await world.verify(challenge, by: wallet)
        }
        #expect(try await world.count("SELECT count(*) FROM sessions") == 1)
    }

    @Test("the same wallet is the same customer, another wallet another one")
    func customers() async throws {
        let world = try await AuthenticationWorld()
        let first = try await world.signIn(wallet)
        let again = try await world.signIn(wallet)
        let other = try await world.signIn(try Wallet(2))

        #expect(first.customer.id == again.customer.id)
        #expect(first.customer.id != other.customer.id)
        #expect(first.session.id != again.session.id)
        #expect(first.refreshToken != again.refreshToken)
    }

    @Test("a challenge dies at five minutes, and the attempt uses it up")
    func expiry() async throws {
        let world = try await AuthenticationWorld()
        let early = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        let late = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        world.clock.advance(milliseconds: 299_999)
        _ = try await world.verify(early, by: wallet)

        world.clock.advance(milliseconds: 1)

        await #expect(throws: SignInError.challengeExpired) {
            try await world.verify(late, by: wallet)
        }
        await #expect(throws: SignInError.challengeUnknown) {
            try await world.verify(late, by: wallet)
        }
    }

    @Test("another browser's token neither signs in nor burns the challenge")
    func otherBrowser() async throws {
        let world = try await AuthenticationWorld()
        var challenge = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        let token = challenge.token
        for foreign in ["", "AAAA", "!", String(token.dropLast()), token + "A"] {
            challenge.token = foreign
            await #expect(throws: SignInError.challengeUnknown) {
                try await world.verify(challenge, by: wallet)
            }
        }

        challenge.token = token
        _ = try await world.verify(challenge, by: wallet)
    }

    @Test(
        "the challenge is used up before the signature is looked at",
        arguments: ["", "not base64", "AAAA", "//8="])
    func burntByJunk(signature: String) async throws {
        let world = try await AuthenticationWorld()
        let challenge = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        await #expect(throws: SignInError.self) {
            try await world.services.signIn.verify(
                nonce: challenge.nonce, challengeToken: challenge.token, signature: signature,
                address: nil, caller: world.caller)
        }

        await #expect(throws: SignInError.challengeUnknown) {
            try await world.verify(challenge, by: wallet)
        }
    }

    @Test("a good signature for another address, or by another wallet, is refused")
    func otherAddress() async throws {
        let world = try await AuthenticationWorld()
        let stranger = try Wallet(2)
        let challenge = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        await #expect(throws: SignInError.signatureInvalid(reason: "address_mismatch")) {
            try await world.verify(challenge, by: stranger)
        }

        let next = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        guard case .message(let text) = next.text else { return }
        await #expect(throws: SignInError.signatureInvalid(reason: "address_mismatch")) {
            try await world.services.signIn.verify(
                nonce: next.nonce, challengeToken: next.token,
                signature: wallet.signature(of: text), address: stranger.address,
                caller: world.caller)
        }
    }

    @Test("a template is filled with the claimed address or with the signature's own")
    func template() async throws {
        let world = try await AuthenticationWorld()
        for claimed in [wallet.address, nil] {
            let challenge = try await world.services.signIn.challenge(
                address: nil, chain: nil, caller: world.caller)
            guard case .template(let template) = challenge.text else {
                Issue.record("no template")
                return
            }
            let signature = wallet.signature(
                of: SignInMessage.fill(template, with: wallet.address))

            let signedIn = try await world.services.signIn.verify(
                nonce: challenge.nonce, challengeToken: challenge.token, signature: signature,
                address: claimed, caller: world.caller)

            #expect(signedIn.customer.walletAddress == wallet.address)
        }
    }

    @Test("another network than ours is refused", arguments: ["sui:mainnet", "SUI:TESTNET", ""])
    func chain(name: String) async throws {
        let world = try await AuthenticationWorld()

        await #expect(throws: SignInError.chainUnsupported(name)) {
            try await world.services.signIn.challenge(
                address: nil, chain: name, caller: world.caller)
        }
    }

    @Test("a client holds so many live challenges; used and expired ones do not count")
    func liveChallenges() async throws {
        let world = try await AuthenticationWorld(liveChallenges: 2)
        func challenge() async throws -> Challenge {
            try await world.services.signIn.challenge(
                address: wallet.address, chain: nil, caller: world.caller)
        }
        let first = try await challenge()
        _ = try await challenge()
        await #expect(throws: SignInError.tooManyChallenges(limit: 2)) { try await challenge() }

        _ = try await world.verify(first, by: wallet)
        _ = try await challenge()
        await #expect(throws: SignInError.tooManyChallenges(limit: 2)) { try await challenge() }

        world.clock.advance(milliseconds: 300_000)
        _ = try await challenge()
    }

    @Test("a closed customer is told so and gets nothing")
    func closed() async throws {
        let world = try await AuthenticationWorld()
        _ = try await world.signIn(wallet)
        try await world.testDatabase.run("UPDATE customers SET status = 'closed'")

        await #expect(throws: SignInError.customerClosed) { try await world.signIn(wallet) }
        #expect(try await world.count("SELECT count(*) FROM sessions") == 1)
    }

    @Test("a customer id that is taken is drawn again")
    func takenID() async throws {
        let world = try await AuthenticationWorld()
        let taken = try await world.signIn(wallet).customer.id
        let draws = RepeatedID(first: taken.number, times: 2, then: world.clock.surroundings)
        let next = try await AuthenticationWorld(sharing: world, surroundings: draws.surroundings)

        let signedIn = try await next.signIn(try Wallet(2))

        #expect(signedIn.customer.id != taken)
        #expect(draws.repeated == 2)
    }

    @Test("MOCK_AUTH takes any well-formed signature, and still no malformed one")
    func mockAuth() async throws {
        let world = try await AuthenticationWorld(acceptsAnySignature: true)
        let challenge = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        let signedIn = try await world.services.signIn.verify(
            nonce: challenge.nonce, challengeToken: challenge.token,
            signature: try Wallet(2).signature(of: "another text"), address: nil,
            caller: world.caller)
        #expect(signedIn.customer.walletAddress == wallet.address)

        let next = try await world.services.signIn.challenge(
            address: wallet.address, chain: nil, caller: world.caller)
        await #expect(throws: SignInError.signatureMalformed(reason: "unknown_flag")) {
            try await world.services.signIn.verify(
                nonce: next.nonce, challengeToken: next.token, signature: "//8=", address: nil,
                caller: world.caller)
        }
    }

    @Test("success and failure are on record with their reason")
    func audit() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(wallet)
        await #expect(throws: SignInError.challengeUnknown) {
            try await world.services.signIn.verify(
                nonce: "00", challengeToken: "AAAA", signature: "AA==", address: wallet.address,
                caller: world.caller)
        }

        let rows = try await world.testDatabase.run(
            """
            SELECT action, outcome, reason, customer_id, ip, request_id FROM audit_log
             WHERE action LIKE 'sign_in%' ORDER BY audit_id
            """)
        #expect(
            rows == [
                [
                    "sign_in_succeeded", "success", nil, signedIn.customer.id.description,
                    "192.0.2.7", "r-1",
                ],
                ["sign_in_failed", "failure", "challenge_unknown", nil, "192.0.2.7", "r-1"],
            ])
    }
}
