import Determinism
import Testing

@testable import Vault

/// What becomes of a writer that is gone at any step, for good.
@Suite struct VaultCrashTests {
    private static let gone = VaultRefusal.failed(step: "gone", code: 0)

    @Test(
        "row and folder agree after the next look, and no number is used twice",
        arguments: [VaultFolder.Step.claimed, .staged, .named, .linked], [20_000, 0])
    func steps(at step: VaultFolder.Step, smallCount: Int64) async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish(smallCount: smallCount)
        try await world.change(3, "state = 'revoked'")
        let doomed = try world.publisher(smallCount: smallCount) { _ in
        } reached: { found throws(VaultRefusal) in
            if found == step { throw Self.gone }
        }
        await #expect(throws: VaultError.refused(Self.gone)) {
            try await doomed.run(as: world.commit)
        }
        let isInForce = step == .linked
        #expect(try (world.grant(3) == nil) == isInForce)
        #expect(try await world.published()?.first == "1")

        let outcome = try await world.publish(smallCount: smallCount)
        let manifest = try world.sample.read().manifest
        #expect(manifest == outcome.manifest && manifest.version == (isInForce ? 2 : 3))
        #expect(try world.grant(3) == nil)
        #expect(
            try await world.published() == [
                String(manifest.version), manifest.map.digest, manifest.changes.digest,
            ])
        #expect(try await world.publish(smallCount: smallCount).published == 0)
    }

    @Test("a folder that is lost, or another vault's, is written anew above all that was")
    func otherFolder() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        for number in 100..<103 {
            try await world.addKeys(number...number)
            try await world.publish()
        }
        try world.sample.write("nonsense", VaultFiles.manifest)
        try await world.publish()
        #expect(try world.sample.read().manifest.version == 4)
        #expect(VaultSample.run("rm", "-r", "\(world.sample.folder.path)/current") == 0)
        try await world.publish()
        #expect(try world.sample.read().manifest.version == 5)
        #expect(try world.inForce().count == 13)

        // A database from before: it knows nothing of what was published since.
        try await world.run("DELETE FROM vault_versions WHERE version > 2")
        try await world.change(3, "state = 'revoked'")
        try await world.publish(smallCount: 0)
        let manifest = try world.sample.read().manifest
        #expect(manifest.version == 6 && manifest.since == 6)
        #expect(try world.grant(3) == nil)
    }

    @Test("a number that another writer has taken is not taken again")
    func taken() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish()
        try await world.change(3, "state = 'revoked'")
        let publisher = try world.publisher { _ in
        } reached: { _ throws(VaultRefusal) in
        }
        let commit = world.commit
        await #expect(throws: VaultError.deposed) {
            try await publisher.run { body async throws(VaultError) in
                do { try await world.run(Self.claim) } catch { throw .deposed }
                try await commit(body)
            }
        }
        #expect(try world.grant(3) != nil)
        try await world.publish()
        #expect(try world.grant(3) == nil)
    }

    private static let claim =
        """
        INSERT INTO vault_versions SELECT 2, made_at, as_of, snapshot, base, since, is_whole,
            key_count, map_digest, table_digest, changes_digest, rates
          FROM vault_versions WHERE version = 1
        """
}
