import Cryptography
import Determinism
import TestSupport
import Testing

@testable import Authentication

@Suite struct ServiceKeysTests {
    private func keys(
        _ world: AuthenticationWorld, sealedWith byte: UInt8 = 7
    ) throws -> ServiceKeys {
        ServiceKeys(
            database: world.database,
            sealer: try SecretSealer(key: try SecretBytes([UInt8](repeating: byte, count: 32))),
            changedBy: .sample, surroundings: world.clock.surroundings)
    }

    @Test(
        "under another DB_ENCRYPTION_KEY than the gateways have no key is made",
        arguments: [true, false])
    func otherSealer(hasSigningKeys: Bool) async throws {
        let world = try await AuthenticationWorld()
        let known = try await keys(world).add(name: "billing", scopes: [.charges])
        var expected = known.id
        if hasSigningKeys {
            expected = try #require(world.signingKeys.ring.keys.first?.id)
        } else {
            _ = try await world.testDatabase.run("DELETE FROM signing_keys")
        }

        await #expect(throws: ServiceKeyError.cannotUnseal(keyID: expected)) {
            try await keys(world, sealedWith: 9).add(name: "edge", scopes: [.ingest])
        }
        #expect(try await world.count("SELECT count(*) FROM service_keys") == 1)
        _ = try await keys(world).add(name: "edge", scopes: [.ingest])
    }

    @Test("a key is stored sealed and on record, its secret nowhere in clear")
    func add() async throws {
        let world = try await AuthenticationWorld()
        let new = try await keys(world).add(name: "billing", scopes: [.refunds, .charges])

        #expect(new.secret.utf8.count == 64)
        let rows = try await world.testDatabase.run(
            """
            SELECT k.scopes, s.sealed_secret, a.details::text FROM service_keys k
              JOIN service_key_secrets s USING (service_key_id)
              JOIN audit_log a ON a.action = 'service_key_added'
            """)
        let row = try #require(rows.first)
        #expect(row.first == "charges refunds")
        #expect(row.last??.contains(#""user": "ops""#) == true)
        #expect(!row.contains { $0?.contains(new.secret) ?? false })
    }

    @Test(
        "a bad name is refused and nothing written",
        arguments: ["", "-a", "A", "a b", "ä", String(repeating: "a", count: 65), "a;DROP"])
    func badName(name: String) async throws {
        let world = try await AuthenticationWorld()

        await #expect(throws: ServiceKeyError.nameInvalid) {
            try await keys(world).add(name: name, scopes: [.charges])
        }
        #expect(try await world.count("SELECT count(*) FROM service_keys") == 0)
    }

    @Test(
        "an edge that no log can name is refused and nothing written",
        arguments: ["", "a b", "edge.1", "ä", String(repeating: "a", count: 65)])
    func badEdge(edge: String) async throws {
        let world = try await AuthenticationWorld()

        await #expect(throws: ServiceKeyError.edgeInvalid) {
            try await keys(world).add(name: "tokyo", scopes: [.ingest], edge: edge)
        }
        #expect(try await world.count("SELECT count(*) FROM service_keys") == 0)
    }

    @Test("a key's edge is known to those who authenticate it, listed, and on record")
    func edge() async throws {
        let world = try await AuthenticationWorld()
        let bound = try await keys(world).add(name: "tokyo", scopes: [.ingest], edge: "Edge_3")
        let free = try await keys(world).add(name: "osaka", scopes: [.ingest])

        #expect(try await world.database.serviceKey(bound.id)?.caller.edge == "Edge_3")
        #expect(try await world.database.serviceKey(free.id)?.caller.edge == nil)
        #expect(try await world.database.serviceKeys().map(\.edge) == [nil, "Edge_3"])
        #expect(
            try await world.count(
                "SELECT count(*) FROM audit_log WHERE details ->> 'edge' = 'Edge_3'") == 1)
    }

    @Test("a name is taken once, and a key must be good for something")
    func takenName() async throws {
        let world = try await AuthenticationWorld()
        _ = try await keys(world).add(name: "edge", scopes: [.ingest])

        await #expect(throws: ServiceKeyError.nameTaken) {
            try await keys(world).add(name: "edge", scopes: [.ingest])
        }
        await #expect(throws: ServiceKeyError.scopesMissing) {
            try await keys(world).add(name: "other", scopes: [])
        }
    }

    @Test("a revoked key's name is given again only to who asks for what goes with it")
    func revokedName() async throws {
        let world = try await AuthenticationWorld()
        let keys = try keys(world)
        let first = try await keys.add(name: "billing", scopes: [.charges])
        await #expect(throws: ServiceKeyError.nameTaken) {
            try await keys.add(name: "billing", scopes: [.charges], inherits: true)
        }
        try await keys.revoke("billing")

        await #expect(throws: ServiceKeyError.nameRevoked) {
            try await keys.add(name: "billing", scopes: [.charges])
        }
        #expect(try await world.count("SELECT count(*) FROM service_keys") == 1)
        #expect(
            try await world.count(
                "SELECT count(*) FROM audit_log WHERE action = 'service_key_added'") == 1)

        let second = try await keys.add(name: "billing", scopes: [.refunds], inherits: true)
        #expect(second.id != first.id)
        await #expect(throws: ServiceKeyError.nameTaken) {
            try await keys.add(name: "billing", scopes: [.charges])
        }
    }

    @Test("of parallel wishes for one name one is granted")
    func parallelNames() async throws {
        let world = try await AuthenticationWorld()
        let keys = try keys(world)
        _ = try await keys.add(name: "billing", scopes: [.charges])
        try await keys.revoke("billing")
        let granted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (try? await keys.add(name: "billing", scopes: [.charges], inherits: true))
                        != nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(granted.count { $0 } == 1)
    }

    @Test("a revoked key keeps no secret that is good, and its successor's are not its own")
    func revokedSecrets() async throws {
        let world = try await AuthenticationWorld()
        let keys = try keys(world)
        let first = try await keys.add(name: "billing", scopes: [.charges])
        _ = try await keys.addSecret(to: "billing")
        try await keys.revoke("billing")
        world.clock.advance(milliseconds: 1000)
        let second = try await keys.add(name: "billing", scopes: [.refunds], inherits: true)

        let listed = try await world.database.serviceKeys()
        #expect(listed.map(\.id) == [second.id, first.id])
        #expect(listed.map(\.secrets) == [1, 0])
        #expect(listed.map { $0.revokedAt == nil } == [true, false])
        #expect(listed.map(\.scopes) == [[.refunds], [.charges]])
        #expect(
            try await world.count(
                """
                SELECT count(*) FROM service_key_secrets
                 WHERE service_key_id = '\(first.id)' AND revoked_at IS NULL
                """) == 0)
        #expect(try await !keys.retireSecrets(of: "billing"))
    }

    @Test("what has no live key cannot be rotated, retired or revoked")
    func unknownNames() async throws {
        let world = try await AuthenticationWorld()
        let keys = try keys(world)
        _ = try await keys.add(name: "gone", scopes: [.charges])
        try await keys.revoke("gone")
        for name in ["gone", "never"] {
            await #expect(throws: ServiceKeyError.nameUnknown) { try await keys.revoke(name) }
            await #expect(throws: ServiceKeyError.nameUnknown) {
                try await keys.retireSecrets(of: name)
            }
            await #expect(throws: ServiceKeyError.nameUnknown) {
                try await keys.addSecret(to: name)
            }
        }
    }

    @Test("after the loss of DB_ENCRYPTION_KEY keys are made anew under their names")
    func newEncryptionKey() async throws {
        let world = try await AuthenticationWorld()
        _ = try await keys(world).add(name: "billing", scopes: [.charges])
        _ = try await world.testDatabase.run("DELETE FROM signing_keys")
        try await keys(world, sealedWith: 9).revoke("billing")

        _ = try await keys(world, sealedWith: 9).add(
            name: "billing", scopes: [.charges], inherits: true)
    }
}
