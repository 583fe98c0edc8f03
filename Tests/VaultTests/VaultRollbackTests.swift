import Testing

@testable import Vault

@Suite struct VaultRollbackTests {
    @Test("old content comes back as a new version, and no key that has ended since")
    func rollback() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish()
        world.setRate(7)
        try await world.change(3, "state = 'revoked'")
        try await world.run(
            "DELETE FROM api_keys WHERE key_hash = decode('\(VaultWorld.hash(4))', 'hex')")
        try await world.run(
            """
            UPDATE service_instances SET state = 'suspended_no_payment' WHERE customer_id = 3;
            """)
        try await world.addKeys(20...20)
        try await world.publish()

        let outcome = try await world.publisher().rollBack(to: 1, as: world.commit)
        #expect(outcome.manifest?.version == 3 && outcome.rolledBackTo == 1)
        #expect(try world.grant(0) == "1;pro;100;seal", "as it was")
        #expect(try world.grant(3) == nil && world.grant(4) == nil, "ended since")
        #expect(try world.grant(2) == "3;suspended;0;seal", "does not pay")
        #expect(try world.grant(20) == nil, "not known then")
    }

    @Test("keys are held to it, and end as ever, until all is written anew")
    func held() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish()
        world.setRate(7)
        try await world.publish()
        _ = try await world.publisher().rollBack(to: 1, as: world.commit)
        #expect(try await world.publish().published == 0)

        try await world.change(5, "state = 'revoked'")
        #expect(try await world.publish(smallCount: 0).rolledBackTo == 1)
        #expect(try world.grant(5) == nil && world.grant(0) == "1;pro;100;seal")
        try await world.publish(anew: true)
        #expect(try world.grant(5) == nil && world.grant(0) == "1;pro;7;seal")
        try await world.change(6, "state = 'revoked'")
        let outcome = try await world.publish()
        #expect(outcome.rolledBackTo == nil)
        #expect(try world.grant(0) == "1;pro;7;seal")
    }

    @Test("changes that stood before the files of all keys come back with them")
    func withChanges() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish(smallCount: 0)
        try await world.change(3, "state = 'revoked'")
        try await world.addKeys(20...20)
        try await world.publish(smallCount: 0)
        try await world.change(3, "state = 'active'")
        try await world.publish(smallCount: 0)
        #expect(try world.grant(3) != nil)

        _ = try await world.publisher().rollBack(to: 2, as: world.commit)
        #expect(try world.grant(3) == nil && world.grant(20) != nil)
    }

    @Test("what is in force, or is not kept, cannot be gone back to", arguments: [1, 2, 0, 9])
    func refused(version: Int64) async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish()
        if version == 1 {
            #expect(VaultSample.run("true") == 0)
        }
        await #expect(throws: VaultError.versionGone(version)) {
            try await world.publisher().rollBack(to: version, as: world.commit)
        }
        #expect(try world.sample.read().manifest.version == 1)
    }

    @Test("an altered old version is not gone back to")
    func altered() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish()
        let text = try world.sample.text(VaultFiles.map)
        try world.sample.write(
            text.split(separator: ";100;").joined(separator: ";999;"), VaultFiles.map)
        try await world.change(3, "state = 'revoked'")
        try await world.publish()
        await #expect(throws: VaultError.refused(.fileAltered(VaultFiles.map))) {
            try await world.publisher().rollBack(to: 1, as: world.commit)
        }
        #expect(try world.sample.read().manifest.version == 2)
    }
}
