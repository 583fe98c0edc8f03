import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import TestSupport
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

    @Test("a planned rotation waits for the one before it, also when many ask at once")
    func pending() async throws {
        let world = try await AuthenticationWorld()
        let outcomes = await withTaskGroup(of: SigningKeyError?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(SigningKeyError) {
                        _ = try await world.signingKeys.rotate()
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await world.signingKeys.refresh()
        let announced = try #require(
            world.signingKeys.ring.keys.max { $0.signsFrom < $1.signsFrom })

        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(
            outcomes.compactMap(\.self).allSatisfy {
                $0 == .rotationPending(keyID: announced.id, signsFrom: announced.signsFrom)
            })
        #expect(try await world.count("SELECT count(*) FROM signing_keys") == 2)
        world.clock.advance(milliseconds: 330_000)
        _ = try await world.signingKeys.rotate()
    }

    @Test("however many keys are live, the one that signs is among those read")
    func manyLiveKeys() async throws {
        let world = try await AuthenticationWorld()
        for _ in 0..<70 {
            _ = try await world.signingKeys.rotate()
            world.clock.advance(milliseconds: 1000)
            // As a shorter lead would have it; the next rotation need not wait.
            _ = try await world.testDatabase.run(
                "UPDATE signing_keys SET signs_from = created_at")
        }
        _ = try await world.testDatabase.run(
            """
            UPDATE signing_keys SET signs_from = signs_from + interval '1 hour'
             WHERE signs_from > (SELECT min(signs_from) FROM signing_keys)
            """)
        try await world.signingKeys.refresh()

        #expect(world.signingKeys.ring.keys.count == 71)
        #expect(world.signingKeys.standing == .ready)
        _ = try await world.signIn(try Wallet())
    }

    @Test("a database that was emptied gets no key from a gateway that had read one before")
    func emptied() async throws {
        let world = try await AuthenticationWorld()
        _ = try await world.testDatabase.run("DELETE FROM signing_keys")
        for _ in 0..<3 { try await world.signingKeys.load() }

        #expect(try await world.count("SELECT count(*) FROM signing_keys") == 0)
        #expect(world.signingKeys.standing == .noSigner)
    }

    @Test("without a key that signs nobody is signed in and no refresh token used up")
    func noSigner() async throws {
        let world = try await AuthenticationWorld()
        let wallet = try Wallet()
        let signedIn = try await world.signIn(wallet)
        let later = "signs_from = signs_from + interval '1 hour'"
        _ = try await world.testDatabase.run("UPDATE signing_keys SET \(later)")
        let stranger = try await AuthenticationWorld(sharing: world)

        #expect(stranger.signingKeys.standing == .noSigner)
        await #expect(throws: SignInError.storageUnavailable) {
            try await stranger.signIn(wallet)
        }
        await #expect(throws: SessionError.storageUnavailable) {
            try await stranger.services.sessions.refresh(
                signedIn.refreshToken, caller: world.caller)
        }
        #expect(try await world.count("SELECT count(*) FROM sessions") == 1)
        #expect(
            try await world.count(
                "SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL") == 0)
        _ = try await world.services.sessions.refresh(signedIn.refreshToken, caller: world.caller)
    }

    @Test("reads that fail show in the standing, and what is in the ring goes on")
    func unread() async throws {
        let world = try await AuthenticationWorld()
        world.database.close()

        await #expect(throws: SigningKeyError.storageUnavailable) {
            try await world.signingKeys.load()
        }
        #expect(world.signingKeys.standing == .unread)
        #expect(world.metrics.text().contains("sluice_signing_key_read_failures_total 1\n"))
    }

    @Test("the record of a key says who made it, and whether the older ones ended at once")
    func record() async throws {
        let world = try await AuthenticationWorld()
        _ = try await world.signingKeys.rotate()
        _ = try await world.signingKeys.rotate(immediately: true)
        let rows = try await world.testDatabase.run(
            """
            SELECT action, details->>'immediately', details->'operator'->>'user',
                   details->'operator'->>'login', details->'operator'->>'host',
                   details->'operator'->>'pid'
              FROM audit_log ORDER BY audit_id
            """)

        #expect(
            rows == [
                ["signing_key_made", nil, "ops", "ada", "host-1", "7"],
                ["signing_key_rotated", "false", "ops", "ada", "host-1", "7"],
                ["signing_key_rotated", "true", "ops", "ada", "host-1", "7"],
            ])
    }
}
