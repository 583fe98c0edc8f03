import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import Testing

@testable import Authentication

@Suite struct SigningKeysTests {
    @Test("gateways that start together share one first key")
    func firstKey() async throws {
        let world = try await AuthenticationWorld()
        let worlds = try await withThrowingTaskGroup(of: AuthenticationWorld.self) { group in
            for _ in 0..<4 {
                group.addTask { try await AuthenticationWorld(sharing: world) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(try await world.count("SELECT count(*) FROM signing_keys") == 1)
        for other in worlds {
            #expect(other.services.accessTokens.jwks() == world.services.accessTokens.jwks())
        }
    }

    @Test("a rotated key is announced at once, signs after its lead, and fails nobody")
    func rotation() async throws {
        let world = try await AuthenticationWorld()
        let other = try await AuthenticationWorld(sharing: world)
        let wallet = try Wallet()
        let before = try await world.signIn(wallet)
        let (keyID, signsFrom) = try await world.signingKeys.rotate()
        try await world.signingKeys.refresh()
        try await other.signingKeys.refresh()

        #expect(signsFrom == world.clock.surroundings.now().adding(seconds: 330))
        #expect(world.services.accessTokens.jwks().serialized().count > 200)
        let during = try await world.signIn(wallet)
        #expect(JSONWebToken(during.accessToken)?.keyID != keyID)

        world.clock.advance(milliseconds: 330_000)
        let after = try await world.signIn(wallet)
        #expect(JSONWebToken(after.accessToken)?.keyID == keyID)
        for token in [before.accessToken, during.accessToken, after.accessToken] {
            _ = try other.services.accessTokens.verify(token)
        }
    }

    @Test("a leaked key is out at once: what it signed is refused, and a refresh helps")
    func immediately() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(try Wallet())
        _ = try await world.signingKeys.rotate()
        _ = try await world.signingKeys.rotate(immediately: true)
        try await world.signingKeys.refresh()

        #expect(throws: TokenRefusal.invalid) {
            try world.services.accessTokens.verify(signedIn.accessToken)
        }
        let refreshed = try await world.services.sessions.refresh(
            signedIn.refreshToken, caller: world.caller)
        _ = try world.services.accessTokens.verify(refreshed.accessToken)
    }

    @Test("a key sealed with another DB_ENCRYPTION_KEY is named, not used")
    func otherSealer() async throws {
        let world = try await AuthenticationWorld()
        let foreign = SigningKeys(
            database: world.database,
            sealer: try SecretSealer(key: try SecretBytes([UInt8](repeating: 9, count: 32))),
            policy: TokenPolicy(issuer: "i", audience: "a", chain: "sui:testnet"),
            surroundings: world.clock.surroundings)
        let keyID = try #require(world.signingKeys.ring.keys.first?.id)

        await #expect(throws: SigningKeyError.cannotUnseal(keyID: keyID)) {
            try await foreign.load()
        }
        #expect(!foreign.isReady)
    }
}
