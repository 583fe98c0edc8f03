import Cryptography
import Determinism
import Idempotency
import Identifiers
import Storage
import TestSupport
import Testing

@testable import Services

@Suite struct APIKeyStoreTests {
    @Test("a key is stored sealed and by its hash, and nowhere in the clear")
    func sealed() async throws {
        let (world, keys, actor) = try await Self.world(slots: 1)
        let made = try await keys.create(for: .seal, name: "first", by: actor)
        #expect(made.details.state == .active)
        #expect(made.key.text.hasPrefix(made.details.hint))
        #expect(made.details.hint.count == 12)
        let rows = try await world.store.run(
            "SELECT api_keys::text, encode(key_hash, 'hex'), sealed_key FROM api_keys")
        let text = try #require(rows.first?[0])
        #expect(!text.contains(made.key.text.dropFirst(12)))
        #expect(rows.first?[1] == made.key.hash.description)
        let sealed = try #require(rows.first?[2])
        #expect(sealed.split(separator: ":").count == 3)
        #expect(try keys.open(sealed, made.details.id) == made.key)
        #expect(throws: APIKeyError.sealingFailed) {
            try keys.open(sealed, APIKeyID(from: world.time.surroundings))
        }
        let log = try await world.store.value("SELECT string_agg(l::text, '') FROM audit_log l")
        #expect(log?.contains(made.key.text.dropFirst(12)) == false)
    }

    @Test("of many at once as many are made as there are slots")
    func slots() async throws {
        let (world, keys, actor) = try await Self.world(slots: 3)
        let outcomes = await withTaskGroup(of: APIKeyError?.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do throws(APIKeyError) {
                        _ = try await keys.create(for: .seal, name: nil, by: actor)
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 3)
        #expect(outcomes.count { $0 == .slotsTaken(slots: 3) } == 9)
        #expect(try await world.count("api_keys") == 3)
        #expect(try await world.count("audit_log") == 3)
    }

    @Test("a slot that is to go at the month's end is not given away any more")
    func scheduledSlots() async throws {
        let (world, keys, actor) = try await Self.world(slots: 3)
        try await world.change(actor.customer) {
            $0.scheduled = .init(Chosen.starter, from: Timestamp(milliseconds: 0))
        }
        _ = try await keys.create(for: .seal, name: nil, by: actor)
        await #expect(throws: APIKeyError.slotsTaken(slots: 1)) {
            try await keys.create(for: .seal, name: nil, by: actor)
        }
    }

    @Test("there is no key of what was never configured")
    func notConfigured() async throws {
        let (world, keys, actor) = try await Self.world(slots: 3)
        await #expect(throws: APIKeyError.notConfigured) {
            try await keys.create(for: .grpc, name: nil, by: actor)
        }
        #expect(try await world.count("api_keys") == 0)
        #expect(try await world.count("audit_log") == 0)
    }

    @Test("the same request makes one key, which is told again, unless it was deleted")
    func repeated() async throws {
        let (world, keys, actor) = try await Self.world(slots: 3)
        let request = IdempotencyKey(
            caller: "customer/1", route: "POST /x", key: "k",
            bodyHash: Array(repeating: 1, count: 32))
        let first = try await keys.create(for: .seal, name: nil, by: actor, under: request)
        let again = try await keys.create(for: .seal, name: nil, by: actor, under: request)
        #expect(again == first)
        #expect(try await world.count("api_keys") == 1)
        let kept = try await world.store.value("SELECT k::text FROM idempotency_keys k")
        #expect(kept?.contains(first.key.text) == false)
        let other = IdempotencyKey(
            caller: "customer/1", route: "POST /x", key: "k",
            bodyHash: Array(repeating: 2, count: 32))
        await #expect(throws: APIKeyError.keyRefused(.reused)) {
            try await keys.create(for: .seal, name: nil, by: actor, under: other)
        }
        try await keys.delete(first.details.id, by: actor)
        await #expect(throws: APIKeyError.unknown) {
            try await keys.create(for: .seal, name: nil, by: actor, under: request)
        }
    }

    @Test("to another customer a key does not exist, and nothing is written")
    func foreign() async throws {
        let (world, keys, actor) = try await Self.world(slots: 1)
        let other = ActingCustomer(try await world.customer(2))
        let id = try await keys.create(for: .seal, name: nil, by: actor).details.id
        let before = try await world.count("audit_log")
        await #expect(throws: APIKeyError.unknown) { try await keys.revoke(id, by: other) }
        await #expect(throws: APIKeyError.unknown) { try await keys.enable(id, by: other) }
        await #expect(throws: APIKeyError.unknown) { try await keys.delete(id, by: other) }
        await #expect(throws: APIKeyError.unknown) {
            try await keys.rotate(id, overlapSeconds: 60, by: other)
        }
        #expect(
            try await keys.list(of: other.customer, .seal, before: nil, limit: 9).isEmpty)
        #expect(try await keys.list(of: actor.customer, .seal, before: nil, limit: 9).count == 1)
        #expect(try await world.count("audit_log") == before)
    }

    @Test("revoked and enabled again; each act is told once, and the vault of each")
    func revoked() async throws {
        let (world, keys, actor) = try await Self.world(slots: 1)
        let first = try await keys.create(for: .seal, name: nil, by: actor).details
        let ear = try await VaultEar(world.store)
        world.time.advance(milliseconds: 5)
        let revoked = try await keys.revoke(first.id, by: actor)
        #expect(revoked.state == .revoked)
        #expect(revoked.changedIn != first.changedIn)
        #expect(await eventually { ear.count == 1 })
        #expect(try await keys.revoke(first.id, by: actor) == revoked)
        let second = try await keys.create(for: .seal, name: nil, by: actor).details
        #expect(await eventually { ear.count == 2 })
        await #expect(throws: APIKeyError.slotsTaken(slots: 1)) {
            try await keys.enable(first.id, by: actor)
        }
        try await keys.delete(second.id, by: actor)
        #expect(await eventually { ear.count == 3 })  // Two that come together are heard as one.
        #expect(try await keys.enable(first.id, by: actor).state == .active)
        #expect(try await keys.enable(first.id, by: actor).state == .active)
        #expect(await eventually { ear.count == 4 })
        #expect(
            try await world.actions() == [
                "api_key_created", "api_key_revoked", "api_key_created", "api_key_deleted",
                "api_key_enabled",
            ])
    }

    @Test("what was deleted cannot come back, and its secret is gone while its hash stays")
    func deleted() async throws {
        let (world, keys, actor) = try await Self.world(slots: 1)
        let made = try await keys.create(for: .seal, name: nil, by: actor)
        try await world.store.run("UPDATE api_keys SET vault_key = 'v'")
        try await keys.delete(made.details.id, by: actor)
        await #expect(throws: APIKeyError.unknown) {
            try await keys.enable(made.details.id, by: actor)
        }
        await #expect(throws: APIKeyError.unknown) {
            try await keys.delete(made.details.id, by: actor)
        }
        #expect(try await keys.list(of: actor.customer, .seal, before: nil, limit: 9).isEmpty)
        #expect(
            try await world.store.run(
                "SELECT state, sealed_key, vault_key, encode(key_hash, 'hex') FROM api_keys")
                == [["deleted", nil, nil, made.key.hash.description]])
    }

    @Test("pages go on where the last one ended")
    func pages() async throws {
        let (world, keys, actor) = try await Self.world(slots: 5)
        var made: [APIKeyID] = []
        for number in 0..<5 {
            made.append(try await keys.create(for: .seal, name: "\(number)", by: actor).details.id)
        }
        var found: [APIKeyID] = []
        while true {
            let page = try await keys.list(
                of: actor.customer, .seal, before: found.last, limit: 2)
            if page.isEmpty { break }
            found += page.map(\.id)
        }
        #expect(Set(found) == Set(made))
        #expect(found.count == 5)
        #expect(try await world.working() == 5)
    }

    static func world(slots: Int64) async throws -> (ServicesWorld, APIKeys, ActingCustomer) {
        let world = try await ServicesWorld()
        let customer = try await world.customer(1)
        try await world.change(customer) {
            var chosen = Chosen.pro
            chosen.apiKeys = slots
            ($0.state, $0.configuration) = (.enabled, chosen)
        }
        let sealer = try SecretSealer(key: SecretBytes(Array(repeating: 7, count: 32)))
        let keys = APIKeys(
            database: world.database, sealer: sealer, surroundings: world.time.surroundings)
        return (world, keys, ActingCustomer(customer))
    }
}

extension ServicesWorld {
    func count(_ table: String) async throws -> Int {
        Int(try await store.value("SELECT count(*) FROM \(table)") ?? "") ?? -1
    }

    func actions() async throws -> [String?] {
        try await store.run("SELECT action FROM audit_log ORDER BY audit_id").map { $0[0] }
    }
}
