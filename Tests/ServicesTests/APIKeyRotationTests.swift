import Determinism
import Identifiers
import Storage
import TestSupport
import Testing

@testable import Services

@Suite struct APIKeyRotationTests {
    @Test("the old key works until its overlap ends, and takes no slot meanwhile")
    func overlap() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 1)
        let old = try await keys.create(for: .seal, name: "mine", by: actor)
        let new = try await keys.rotate(old.details.id, overlapSeconds: 60, by: actor)
        #expect(new.details.name == "mine")
        #expect(new.details.rotatedFrom == old.details.id)
        #expect(new.key != old.key)
        func stateOfOld() async throws -> APIKeyState? {
            try await keys.list(of: actor.customer, .seal, before: nil, limit: 9)
                .first { $0.id == old.details.id }?.state(at: world.now)
        }
        #expect(try await stateOfOld() == .active)
        await #expect(throws: APIKeyError.slotsTaken(slots: 1)) {
            try await keys.create(for: .seal, name: nil, by: actor)
        }
        world.time.advance(milliseconds: 59_999)
        #expect(try await stateOfOld() == .active)
        world.time.advance(milliseconds: 1)
        #expect(try await stateOfOld() == .revoked)
        await #expect(throws: APIKeyError.rotated(to: new.details.id)) {
            try await keys.enable(old.details.id, by: actor)
        }
    }

    @Test("a key is rotated once; so many at once make one successor")
    func once() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 3)
        let old = try await keys.create(for: .seal, name: nil, by: actor).details.id
        let outcomes = await withTaskGroup(of: APIKeyError?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(APIKeyError) {
                        _ = try await keys.rotate(old, overlapSeconds: 60, by: actor)
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        for case .some(let error) in outcomes {
            guard case .rotated = error else {
                Issue.record("refused otherwise: \(error)")
                continue
            }
        }
        #expect(try await world.count("api_keys") == 2)
    }

    @Test("without an overlap the old one ends at once")
    func noOverlap() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 1)
        let old = try await keys.create(for: .seal, name: nil, by: actor).details.id
        _ = try await keys.rotate(old, overlapSeconds: 0, by: actor)
        let found = try await keys.list(of: actor.customer, .seal, before: nil, limit: 9)
        #expect(found.map(\.state) == [.active, .revoked])
        #expect(try await world.working() == 1)
    }

    @Test("however it is gone about, no more keys work than twice the slots")
    func bounded() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 1)
        var last = try await keys.create(for: .seal, name: nil, by: actor).details.id
        for _ in 0..<4 {
            last = try await keys.rotate(last, overlapSeconds: 600_000, by: actor).details.id
            #expect(try await world.working() == 2)
        }
        let ended = "SELECT count(*) FROM audit_log WHERE action = 'api_key_revoked'"
        #expect(try await world.store.value(ended + " AND details ? 'supersededBy'") == "3")
        _ = try await keys.revoke(last, by: actor)
        let other = try await keys.create(for: .seal, name: nil, by: actor).details.id
        await #expect(throws: APIKeyError.overlapsTaken(slots: 1)) {
            try await keys.rotate(other, overlapSeconds: 60, by: actor)
        }
        #expect(try await world.working() == 2)
        _ = try await keys.rotate(other, overlapSeconds: 0, by: actor)
        #expect(try await world.working() == 2)
    }

    @Test("only what is active can be rotated, and a key in its overlap can be revoked")
    func states() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 1)
        let old = try await keys.create(for: .seal, name: nil, by: actor).details.id
        _ = try await keys.revoke(old, by: actor)
        await #expect(throws: APIKeyError.notActive) {
            try await keys.rotate(old, overlapSeconds: 60, by: actor)
        }
        _ = try await keys.enable(old, by: actor)
        _ = try await keys.rotate(old, overlapSeconds: 60, by: actor)
        #expect(try await keys.revoke(old, by: actor).state == .revoked)
        #expect(try await world.working() == 1)
    }

    @Test("revoked right after its overlap, a key counts as changed now: edges still have it")
    func revokedAfterOverlap() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 1)
        let old = try await keys.create(for: .seal, name: nil, by: actor).details.id
        _ = try await keys.rotate(old, overlapSeconds: 60, by: actor)
        let rotated = try await keys.list(of: actor.customer, .seal, before: nil, limit: 9)
            .first { $0.id == old }?.changedIn
        world.time.advance(milliseconds: 60_000)

        let revoked = try await keys.revoke(old, by: actor)

        #expect(revoked.state == .revoked)
        #expect(revoked.changedIn != rotated)
        #expect(try await keys.revoke(old, by: actor).changedIn == revoked.changedIn)
        #expect(
            try await world.store.value(
                "SELECT count(*) FROM audit_log WHERE action = 'api_key_revoked'") == "1")
    }

    @Test("what has expired is revoked for good, and nothing else is")
    func expired() async throws {
        let (world, keys, actor) = try await APIKeyStoreTests.world(slots: 2)
        let old = try await keys.create(for: .seal, name: nil, by: actor).details.id
        _ = try await keys.create(for: .seal, name: nil, by: actor)
        _ = try await keys.rotate(old, overlapSeconds: 60, by: actor)
        func sweep() async throws -> Int {
            let now = world.now
            return try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.revokeExpiredKeys(at: now, limit: 10)
            }
        }
        #expect(try await sweep() == 0)
        world.time.advance(milliseconds: 60_000)
        #expect(try await sweep() == 1)
        #expect(try await sweep() == 0)
        let records = try await world.store.run(
            """
            SELECT customer_id, details ->> 'apiKeyId' FROM audit_log
             WHERE action = 'api_key_revoked' AND reason = 'overlap_ended'
            """)
        #expect(records == [[actor.customer.description, old.description]])
        #expect(
            try await world.store.value("SELECT count(*) FROM api_keys WHERE state = 'active'")
                == "2")
    }
}

extension ServicesWorld {
    /// Keys that HAProxy lets through now.
    func working() async throws -> Int {
        let milliseconds = now.milliseconds
        return Int(
            try await store.value(
                """
                SELECT count(*) FROM api_keys WHERE state = 'active' AND (expires_at IS NULL
                   OR expires_at > to_timestamp(\(milliseconds) / 1000.0))
                """) ?? "") ?? -1
    }
}
