import Identifiers
import Services
import Synchronization
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultKeyRotationTests {
    @Test(
        "all keys come under the new key, then the table, and nobody's grant is news",
        arguments: [20_000, 0])
    func rotation(smallCount: Int64) async throws {
        let world = try await VaultWorld()
        let keys = try await world.makeKeys(5)
        try await world.publish(smallCount: smallCount)
        let map = try world.inForce()
        #expect(try world.table().allSatisfy { !$0.contains("v2:") })
        #expect(try await world.database.vaultSealing().left(under: 2) == 5)

        let publisher = try world.publisher(smallCount: smallCount, vaultKeys: [1: 2, 2: 7]) {
            $0.sealedAtOnce = 2
        }
        for left: Int64 in [3, 1, 0] {
            let outcome = try await publisher.run(as: world.commit)
            #expect(outcome.isSealing && outcome.published == 0)
            let standing = try await world.database.vaultSealing()
            #expect(standing.left(under: 2) == left && standing.table == 1)
        }
        let last = try await publisher.run(as: world.commit)
        #expect(last.published == 1 && last.wroteAll && !last.isSealing)
        #expect(try await publisher.run(as: world.commit).published == 0)
        #expect(try await world.database.vaultSealing().table == 2)
        #expect(try world.inForce() == map)
        let customer = try #require(CustomerID(2))
        let opened = try world.table().map { row in
            try VaultKeySealer(VaultWorld.sealer([2: 7])).open(
                String(row.split(separator: ",")[1]), of: customer)
        }
        #expect(Set(opened.map(\.hash)) == Set(keys.map(\.hash)))
    }

    @Test("a version that takes over says under which key its table is, until all is written anew")
    func changesBetween() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish(smallCount: 0)
        let publisher = try world.publisher(smallCount: 0, vaultKeys: [2: 7])
        try await world.change(3, "state = 'revoked'")
        let outcome = try await publisher.run(as: world.commit)
        // Those of this test open under no key: they stay as they are, loudly.
        #expect(outcome.published == 1 && !outcome.wroteAll && outcome.unsealable == 10)
        #expect(try await world.database.vaultSealing().table == 1)
        #expect(try await world.database.vaultSealing().left(under: 2) == 10)
        #expect(try world.grant(3) == nil && world.grant(4) != nil)
    }

    @Test("a key that the database's key does not open is opened with the older vault key")
    func older() async throws {
        let world = try await VaultWorld()
        let keys = try await world.makeKeys(1)
        try await world.publish()
        try await world.run("UPDATE api_keys SET sealed_key = 'A:B:C'")
        let alone = try world.publisher(vaultKeys: [2: 7])
        #expect(try await alone.run(as: world.commit).unsealable == 1)
        let both = try world.publisher(vaultKeys: [1: 2, 2: 7])
        #expect(try await both.run(as: world.commit).resealed == 1)
        let stored = try #require(try await world.store.value("SELECT vault_key FROM api_keys"))
        let customer = try #require(CustomerID(2))
        #expect(
            try VaultKeySealer(VaultWorld.sealer([2: 7])).open(stored, of: customer) == keys.first)
    }

    @Test("a key changed in its place seals nothing, and what ends still ends")
    func inPlace() async throws {
        let world = try await VaultWorld()
        let first = try await world.makeKeys(2)
        try await world.publish()
        _ = try await world.makeKeys(1)
        try await world.run(
            """
            UPDATE api_keys SET state = 'revoked'
             WHERE key_hash = decode('\(first[0].hash)', 'hex')
            """)
        let changed = try world.publisher(vaultKeys: [1: 9])
        let outcome = try await changed.run(as: world.commit)
        #expect(outcome.foreignKey == 1 && outcome.sealed == 0 && outcome.published == 1)
        #expect(try world.inForce().keys.sorted() == [first[1].hash.description])
        #expect(try await world.publish().sealed == 1)
    }

    @Test("what was deleted while it was being sealed stays forgotten")
    func deleted() async throws {
        let world = try await VaultWorld()
        _ = try await world.makeKeys(1)
        let commit = world.commit
        let isDeleted = Atomic(false)
        _ = try await world.publisher().run { body async throws(VaultError) in
            if !isDeleted.exchange(true, ordering: .relaxed) {
                do { try await world.run(Self.deletion) } catch { throw .deposed }
            }
            try await commit(body)
        }
        #expect(try await world.store.value("SELECT count(vault_key) FROM api_keys") == "0")
    }

    private static let deletion =
        "UPDATE api_keys SET state = 'deleted', sealed_key = NULL, vault_key = NULL"

    @Test("of many that are to be sealed some are, and then changes come first")
    func slices() async throws {
        let world = try await VaultWorld()
        try await world.addKeys(0...9)
        try await world.publish(smallCount: 0)
        _ = try await world.makeKeys(3)
        try await world.change(3, "state = 'revoked'")
        let publisher = try world.publisher(smallCount: 0) { $0.sealedAtOnce = 1 }
        let outcome = try await publisher.run(as: world.commit)
        #expect(outcome.published == 1 && outcome.isSealing && outcome.sealed == 1)
        #expect(try world.grant(3) == nil)
    }
}
