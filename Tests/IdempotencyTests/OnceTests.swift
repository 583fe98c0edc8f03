import Determinism
import Identifiers
import Storage
import TestSupport
import Testing

@testable import Idempotency

@Suite struct OnceTests {
    @Test("the same request again is not done again, and its answer is the first, byte for byte")
    func repeated() async throws {
        let world = try await KeyWorld()
        let first = try await world.make(1, under: KeyWorld.key())
        let again = try await world.make(2, under: KeyWorld.key(), through: world.other)

        #expect(first == .success(.done(1)))
        #expect(again == .success(.repeated(KeyWorld.answer(1))))
        #expect(try await world.works() == 1)
    }

    @Test("a key with another body is refused")
    func reused() async throws {
        let world = try await KeyWorld()
        _ = try await world.make(1, under: KeyWorld.key())

        #expect(try await world.make(2, under: KeyWorld.key(body: 2)) == .failure(.reused))
        #expect(try await world.works() == 1)
    }

    @Test(
        "a key is one of its caller and route",
        arguments: [
            KeyWorld.key(caller: "customer/2"), KeyWorld.key(route: "POST /v1/charges"),
            KeyWorld.key("K"), KeyWorld.key("k2"),
        ])
    func independent(other: IdempotencyKey) async throws {
        let world = try await KeyWorld()
        _ = try await world.make(1, under: KeyWorld.key())

        #expect(try await world.make(2, under: other) == .success(.done(2)))
        #expect(KeyWorld.key().lock != other.lock)
    }

    @Test("a refusal writes nothing and binds nothing")
    func refusal() async throws {
        let world = try await KeyWorld()

        #expect(try await world.make(-1, under: KeyWorld.key()) == .success(nil))
        #expect(try await world.works() == 0)
        #expect(try await world.keys() == 0)
        #expect(try await world.make(1, under: KeyWorld.key(body: 2)) == .success(.done(1)))
    }

    @Test("while the first is at work the second is told so, at once and by any process")
    func inFlight() async throws {
        let world = try await KeyWorld()
        let outcome = try await world.make(1, under: KeyWorld.key()) {
            for pool in [world.database, world.other] {
                let second = try? await world.make(2, under: KeyWorld.key(), through: pool)
                #expect(second == .failure(.inFlight))
            }
            let another = try? await world.make(3, under: KeyWorld.key("another"))
            #expect(another == .success(.done(3)))
        }

        #expect(outcome == .success(.done(1)))
        #expect(try await world.works() == 2)
    }

    @Test("of many at once one is done; the others are told to wait or get its answer")
    func parallel() async throws {
        let world = try await KeyWorld()
        let outcomes = try await withThrowingTaskGroup(
            of: Result<KeyedOutcome<Int>?, KeyRefusal>.self
        ) { group in
            for number in 0..<40 {
                group.addTask {
                    try await world.make(
                        number, under: KeyWorld.key(),
                        through: number.isMultiple(of: 2) ? world.database : world.other)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let done = outcomes.compactMap { outcome -> Int? in
            if case .success(.done(let number)?) = outcome { number } else { nil }
        }
        let number = try #require(done.first)

        #expect(done.count == 1)
        for outcome in outcomes where outcome != .success(.done(number)) {
            #expect(
                [.failure(.inFlight), .success(.repeated(KeyWorld.answer(number)))]
                    .contains(outcome))
        }
        #expect(try await world.works() == 1)
    }

    @Test("who dies at work leaves neither the work nor the key behind, and the key is free")
    func killed() async throws {
        let world = try await KeyWorld()
        await #expect(throws: StorageError.self) {
            try await world.make(1, under: KeyWorld.key()) {
                _ = try? await world.store.run(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_locks
                     WHERE locktype = 'advisory'
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)
            }
        }
        let again = try await eventually {
            try await world.make(2, under: KeyWorld.key()) == .success(.done(2))
        }

        #expect(again)
        #expect(try await world.works() == 1)
    }

    @Test("after 30 days only what was made is known, and it is still not done again")
    func forgotten() async throws {
        let world = try await KeyWorld()
        let made = UUIDv7(from: world.clock.surroundings)
        _ = try await world.make(1, under: KeyWorld.key(), made: made)
        _ = try await world.make(2, under: KeyWorld.key("nothing"))
        world.clock.advance(milliseconds: 1000)
        _ = try await world.make(3, under: KeyWorld.key("later"))
        let moment = world.clock.surroundings.now()
        var forgotten: [Int] = []
        while forgotten.last != 0 {
            forgotten.append(try await world.database.forgetAnswers(before: moment, limit: 1))
        }

        #expect(forgotten == [1, 1, 0])
        #expect(try await world.make(9, under: KeyWorld.key()) == .success(.forgotten(made: made)))
        #expect(
            try await world.make(9, under: KeyWorld.key("nothing"))
                == .success(.forgotten(made: nil)))
        #expect(
            try await world.make(9, under: KeyWorld.key("later"))
                == .success(.repeated(KeyWorld.answer(3))))
        #expect(try await world.make(9, under: KeyWorld.key(body: 2)) == .failure(.reused))
        #expect(try await world.keys() == 3)
    }

    @Test("an answer that is no success is bound to no key")
    func onlySuccess() async throws {
        let world = try await KeyWorld()
        await #expect(throws: StorageError.self) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.bind(
                    KeyWorld.key(), made: nil,
                    answer: KeptAnswer(status: 402, fields: [], body: []),
                    at: world.clock.surroundings.now())
            }
        }
        #expect(try await world.keys() == 0)
    }
}
