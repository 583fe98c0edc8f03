import Cryptography
import Determinism
import Glibc
import Identifiers
import Services
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultPublisherTests {
    @Test("only keys that are to be served are in it, and suspended customers are named as such")
    func content() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.change(4, "state = 'revoked'")
        try await world.change(8, "state = 'deleted', sealed_key = NULL, vault_key = NULL")
        try await world.change(5, "expires_at = now() - interval '1 day' + interval '60 years'")
        try await world.run(
            """
            UPDATE service_instances SET state = 'suspended_no_payment' WHERE customer_id = 3;
            UPDATE service_instances SET state = 'disabled' WHERE customer_id = 4
            """)
        let outcome = try await world.publish()

        #expect(outcome.published == 1 && outcome.wroteAll)
        #expect(
            try world.inForce() == [
                VaultWorld.hash(0): "1;pro;100;seal", VaultWorld.hash(1): "2;pro;1000;seal",
                VaultWorld.hash(5): "2;pro;1000;seal", VaultWorld.hash(9): "2;pro;1000;seal",
                VaultWorld.hash(2): "3;suspended;0;seal", VaultWorld.hash(6): "3;suspended;0;seal",
            ])
    }

    @Test("a tier without a rate keeps only its own keys out, and says so")
    func withoutRate() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...3)
        try await world.run(
            "UPDATE service_instances SET tier = 'enterprise' WHERE customer_id = 1")
        let outcome = try await world.publish()
        #expect(outcome.withoutRate == 1)
        #expect(try world.inForce().count == 3)
    }

    @Test(
        "nothing new makes no version, nor does what changes nothing", arguments: [20_000, 0])
    func unchanged(smallCount: Int64) async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        let first = try await world.publish(smallCount: smallCount)
        let again = try await world.publish(smallCount: smallCount)
        #expect(again.published == 0 && again.manifest == first.manifest)

        try await world.run("UPDATE api_keys SET last_used_at = now(), name = 'other'")
        #expect(try await world.publish(smallCount: smallCount).published == 0)
        guard smallCount > 0 else { return }
        try await world.change(3, "state = 'revoked'")
        try await world.change(3, "state = 'active'")
        #expect(try await world.publish(smallCount: smallCount).published == 0)
        try await world.change(3, "state = 'revoked'")
        #expect(try await world.publish(smallCount: smallCount).published == 1)
    }

    @Test(
        "each change is in force with the next look, in a small vault and in a large one",
        arguments: [20_000, 0])
    func changes(smallCount: Int64) async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...99)
        try await world.publish(smallCount: smallCount)
        let folder = try #require(try world.sample.folder.inForce)
        let file = Self.inode("\(folder)/\(VaultFiles.map)")

        try await world.change(7, "state = 'revoked'")
        try await world.publish(smallCount: smallCount)
        #expect(try world.grant(7) == nil && world.inForce().count == 99)
        try await world.run(
            "UPDATE service_instances SET state = 'suspended_no_payment' WHERE customer_id = 2")
        try await world.publish(smallCount: smallCount)
        #expect(try world.grant(1) == "2;suspended;0;seal")
        try await world.run(
            "UPDATE service_instances SET state = 'enabled' WHERE customer_id = 2")
        try await world.addKeys(100...100)
        try await world.publish(smallCount: smallCount)
        #expect(try world.grant(1) == "2;pro;1000;seal")
        #expect(try world.grant(100) == "1;pro;100;seal" && world.grant(7) == nil)
        try await world.run("DELETE FROM api_keys WHERE customer_id = 1")
        try await world.publish(smallCount: smallCount)
        #expect(try world.grant(100) == nil && world.inForce().count == 74)

        let now = try #require(try world.sample.folder.inForce)
        #expect((Self.inode("\(now)/\(VaultFiles.map)") == file) == (smallCount == 0))
        #expect(try world.sample.read().manifest.version == 5)
    }

    static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    @Test(
        "a key ends when its time has passed, and a clock that is set back does not bring it back")
    func expiry() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        let end = world.sample.world.surroundings.now().adding(milliseconds: 5000)
        try await world.change(
            3, "expires_at = to_timestamp(\(end.milliseconds)::numeric / 1000)")
        for smallCount: Int64 in [20_000, 0] {
            try await world.publish(smallCount: smallCount)
            #expect(try world.grant(3) != nil)
        }
        world.sample.world.advance(milliseconds: 5000)
        try await world.publish(smallCount: 0)
        #expect(try world.grant(3) == nil)
        #expect(try await world.store.value("SELECT count(*) FROM audit_log") == "1")
        #expect(
            try await world.store.value("SELECT action || ' ' || reason FROM audit_log")
                == "api_key_revoked overlap_ended")
        #expect(
            try await world.store.value("SELECT state FROM api_keys WHERE expires_at IS NOT NULL")
                == "revoked")
        world.sample.world.advance(milliseconds: -86_400_000)
        try await world.change(4, "state = 'revoked'")
        try await world.publish()
        #expect(try world.grant(3) == nil && world.grant(4) == nil)
    }

    @Test("what commits after a version was read, but began before, is in the next one")
    func concurrent() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish(smallCount: 0)
        let revoked = try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute(
                "UPDATE api_keys SET state = 'revoked' WHERE customer_id = 3")
            // Another key changes meanwhile, and a version without the first is published.
            do {
                try await world.change(1, "state = 'revoked'")
                try await world.publish(smallCount: 0)
                return try world.grant(2) != nil && world.grant(1) == nil
            } catch {
                return false
            }
        }
        #expect(revoked)
        try await world.publish(smallCount: 0)
        #expect(try world.grant(2) == nil && world.grant(6) == nil)
    }

    @Test("rates of a new price book are in force at once")
    func rates() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish(smallCount: 0)
        world.setRate(50)
        try await world.publish(smallCount: 0)
        #expect(try world.grant(0) == "1;pro;50;seal" && world.grant(1) == "2;pro;500;seal")
        let manifest = try world.sample.read().manifest
        #expect(manifest.since == manifest.version)
    }

    @Test("changes go into the files of all keys when there are many of them, or they are old")
    func compaction() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...99)
        try await world.publish(smallCount: 0)
        try await world.run("UPDATE api_keys SET state = 'revoked' WHERE customer_id = 1")
        #expect(try await world.publish(smallCount: 0).wroteAll == false)
        let few = try world.publisher(smallCount: 0) { $0.changesBeforeAll = 25 }
        #expect(try await few.run(as: world.commit).wroteAll)
        #expect(try world.inForce().count == 75)
        #expect(try await few.run(as: world.commit).published == 0)

        try await world.change(1, "state = 'revoked'")
        #expect(try await world.publish(smallCount: 0).wroteAll == false)
        world.sample.world.advance(milliseconds: 15 * 60_000)
        #expect(try await world.publish(smallCount: 0).wroteAll)
        #expect(try world.inForce().count == 74)
    }

    @Test("more changes than their file takes make all keys be written")
    func tooMany() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...99)
        let publisher = try world.publisher(smallCount: 0) { $0.changesLimit = 20 }
        _ = try await publisher.run(as: world.commit)
        for customer in 1...3 {
            try await world.run(
                "UPDATE api_keys SET state = 'revoked' WHERE customer_id = \(customer)")
            _ = try await publisher.run(as: world.commit)
            #expect(try world.inForce().count == 100 - 25 * customer)
        }
        try await world.addKeys(200...205)
        let outcome = try await publisher.run(as: world.commit)
        #expect(!outcome.wroteAll)
        #expect(try world.inForce().count == 31)
    }

    @Test("a change while all keys are written does not wait for the end")
    func during() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...12_000)
        try await world.publish(smallCount: 0)
        try await world.change(7, "state = 'revoked'")
        try await world.publish(smallCount: 0)
        // All keys are due to be written. While they are, another key ends.
        let publisher = try world.publisher(smallCount: 0) {
            $0.changesBeforeAll = 1
            $0.lookMilliseconds = 0
        }
        let commit = world.commit
        let isDone = Atomic(false)
        let revoking = Task {
            // Its own transactions come between pieces of the reading.
            var number = 100
            while !isDone.load(ordering: .relaxed), number < 2000 {
                try await world.change(number, "state = 'revoked'")
                number += 1
            }
            return number - 100
        }
        let outcome = try await publisher.run(as: commit)
        isDone.store(true, ordering: .relaxed)
        let revoked = try await revoking.value
        #expect(outcome.wroteAll && outcome.published > 1, "\(outcome.published)")
        try await world.publish(smallCount: 0)
        #expect(try world.inForce().count == 12_000 - revoked)
        #expect(try world.grant(100) == nil)
    }

    @Test("signed anew every hour, and at once after a clock that was ahead is put right")
    func renewal() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...3)
        let first = try #require(try await world.publish().manifest)
        world.sample.world.advance(milliseconds: 3_599_000)
        #expect(try await world.publish().isRenewed == false)
        world.sample.world.advance(milliseconds: 1000)
        #expect(try await world.publish().isRenewed)
        let second = try world.sample.read(after: first).manifest
        #expect(second.version == 1 && second.validUntil > first.validUntil)
        world.sample.world.advance(milliseconds: -86_400_000)
        #expect(try await world.publish().isRenewed)
        #expect(try world.sample.read().manifest.madeAt < first.madeAt)
    }

    @Test("keys are sealed for the vault once, and one that does not open keeps no other out")
    func sealing() async throws {
        let world = try await VaultWorld()
        let surroundings = world.sample.world.surroundings
        let key = APIKey(for: .seal, from: surroundings)
        let id = try #require(UUIDv7(bytes: [UInt8](repeating: 9, count: 16)))
        let sealed = try VaultWorld.sealer(1).seal(
            Array(key.text.utf8), context: "api_keys.\(id).sealed_key", surroundings)
        try await world.addKeys(0...0, vaultKey: nil)
        try await world.run(
            """
            INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint, sealed_key,
                created_at, changed_at)
            VALUES ('\(id)', 2, 'seal', decode('\(key.hash)', 'hex'), 'hint', '\(sealed)', now(),
                now())
            """)
        let outcome = try await world.publish()
        #expect(outcome.sealed == 1 && outcome.unsealable == 1)
        #expect(try world.inForce() == [key.hash.description: "2;pro;1000;seal"])
        let stored = try #require(
            try await world.store.value("SELECT vault_key FROM api_keys WHERE customer_id = 2"))
        let customer = try #require(CustomerID(2))
        #expect(try VaultKeySealer(VaultWorld.sealer(2)).open(stored, of: customer) == key)
        #expect(try world.sample.text(VaultFiles.table).contains(stored))
        #expect(try await world.publish().published == 0)
        #expect(
            try await world.store.value("SELECT vault_key FROM api_keys WHERE customer_id = 2")
                == stored)
    }
}
