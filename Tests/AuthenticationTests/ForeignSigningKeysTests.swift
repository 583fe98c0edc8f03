import ByteCodecs
import Cryptography
import Determinism
import Observability
import Storage
import TestSupport
import Testing

@testable import Authentication

/// Keys in the database that were sealed with another `DB_ENCRYPTION_KEY`.
@Suite struct ForeignSigningKeysTests {
    /// As a rotation with the wrong key would have left it: the youngest key is not ours, and the
    /// older ones have an end.
    private func plant(in world: AuthenticationWorld) async throws {
        let scratch = try await AuthenticationWorld(seed: 2)
        let foreign = SigningKeys(
            database: scratch.database,
            sealer: try SecretSealer(key: try SecretBytes([UInt8](repeating: 9, count: 32))),
            policy: TokenPolicy(issuer: "i", audience: "a", chain: "sui:testnet"),
            changedBy: .sample, surroundings: scratch.clock.surroundings, logger: .disabled,
            metrics: MetricsRegistry())
        _ = try await scratch.testDatabase.run("DELETE FROM signing_keys")
        try await foreign.load()
        let row = try #require(
            try await scratch.testDatabase.run(
                "SELECT encode(public_key, 'hex'), private_key FROM signing_keys"
            ).first)
        let (publicKey, privateKey) = (try #require(row[0]), try #require(row[1]))
        let keyID = try #require(foreign.ring.keys.first?.id)
        _ = try await world.testDatabase.run(
            """
            INSERT INTO signing_keys
                (key_id, algorithm, public_key, private_key, created_at, signs_from)
            SELECT '\(keyID)', 'EdDSA', decode('\(publicKey)', 'hex'), '\(privateKey)',
                max(created_at), max(signs_from) FROM signing_keys
            """)
    }

    @Test(
        "a rotation under another DB_ENCRYPTION_KEY writes nothing", arguments: [false, true])
    func rotation(immediately: Bool) async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(try Wallet())
        let keyID = try #require(world.signingKeys.ring.keys.first?.id)
        let rows = "SELECT key_id, verifies_until::text FROM signing_keys"
        let events = try await world.count("SELECT count(*) FROM audit_log")

        await #expect(throws: SigningKeyError.cannotUnseal(keyID: keyID)) {
            try await world.foreignKeys().rotate(immediately: immediately)
        }
        #expect(try await world.testDatabase.run(rows) == [[keyID, nil]])
        #expect(try await world.count("SELECT count(*) FROM audit_log") == events)
        try await world.signingKeys.refresh()
        _ = try world.services.accessTokens.verify(signedIn.accessToken)
    }

    @Test("one live key that does not open is enough to refuse a rotation")
    func rotationBesideForeignKey() async throws {
        let world = try await AuthenticationWorld()
        try await plant(in: world)

        await #expect {
            _ = try await world.signingKeys.rotate()
        } throws: {
            guard case SigningKeyError.cannotUnseal = $0 else { return false }
            return true
        }
        #expect(try await world.count("SELECT count(*) FROM signing_keys") == 2)
    }

    @Test("a row that does not open keeps no other key and no end from being heard of")
    func refresh() async throws {
        let world = try await AuthenticationWorld()
        let gateway = try await AuthenticationWorld(sharing: world)
        let first = try #require(gateway.signingKeys.ring.keys.first?.id)
        let (keyID, _) = try await world.signingKeys.rotate()
        try await plant(in: world)
        try await gateway.signingKeys.refresh()

        #expect(Set(gateway.signingKeys.ring.keys.map(\.id)) == [first, keyID])
        let firstKey = try #require(gateway.signingKeys.ring.keys.first { $0.id == first })
        #expect(firstKey.verifiesUntil != nil)
        #expect(gateway.signingKeys.standing == .unopened(count: 1))
        #expect(gateway.metrics.text().contains("sluice_signing_keys_unopened 1\n"))
        world.clock.advance(milliseconds: 331_000)
        let signedIn = try await gateway.signIn(try Wallet())
        #expect(JSONWebToken(signedIn.accessToken)?.keyID == keyID)
    }

    @Test("it is said once a minute, not with each read, and no longer when it is over")
    func reports() async throws {
        let log = try CapturedLog()
        let world = try await AuthenticationWorld(logger: log.logger)
        try await plant(in: world)
        for _ in 0..<3 { try await world.signingKeys.refresh() }

        let lines = log.lines()
        #expect(lines.count == 1)
        #expect(lines.first?.contains("another DB_ENCRYPTION_KEY") == true)
        world.clock.advance(milliseconds: 61_000)
        try await world.signingKeys.refresh()
        #expect(log.lines().count == 1)
        _ = try await world.testDatabase.run(
            "DELETE FROM signing_keys WHERE key_id <> '\(world.signingKeys.ring.keys[0].id)'")
        try await world.signingKeys.refresh()
        #expect(log.lines().isEmpty)
        #expect(world.signingKeys.standing == .ready)
        #expect(world.metrics.text().contains("sluice_signing_keys_unopened 0\n"))
    }

    @Test("a gateway starts with the keys that open")
    func start() async throws {
        let world = try await AuthenticationWorld()
        try await plant(in: world)
        let gateway = try await AuthenticationWorld(sharing: world)

        #expect(gateway.signingKeys.standing == .unopened(count: 1))
        _ = try await gateway.signIn(try Wallet())
    }

    @Test("a gateway that can open none of the keys is told which, and makes none of its own")
    func startWithoutAny() async throws {
        let world = try await AuthenticationWorld()
        let foreign = try world.foreignKeys()
        let keyID = try #require(world.signingKeys.ring.keys.first?.id)

        for _ in 0..<2 {
            await #expect(throws: SigningKeyError.cannotUnseal(keyID: keyID)) {
                try await foreign.load()
            }
        }
        #expect(foreign.standing == .noSigner)
        #expect(try await world.count("SELECT count(*) FROM signing_keys") == 1)
    }
}
