import Storage
import TestSupport
import Testing

@Suite("statements of several callers in one commit") struct SharedCommitTests {
    private typealias Outcome = Result<Int64?, StorageError>

    /// One connection, so that what is asked for while it is held makes up one group.
    private func world(
        cluster: TestCluster? = nil, queueLimit: Int = 4096
    ) async throws -> StorageWorld {
        let world = try await StorageWorld(
            cluster: cluster, poolSize: 1, queueLimit: queueLimit)
        try await world.database.execute(
            """
            CREATE TABLE notes (
                place bigint GENERATED ALWAYS AS IDENTITY, number bigint UNIQUE,
                done_in xid8 NOT NULL DEFAULT pg_current_xact_id())
            """)
        return world
    }

    private func outcome(
        of statement: SQL, inOrderOf key: String, in world: StorageWorld
    ) async -> Outcome {
        do throws(StorageError) {
            return .success(
                try await world.database.sharingCommit(inOrderOf: Array(key.utf8))
                    .value(statement))
        } catch {
            return .failure(error)
        }
    }

    private func insertion(_ number: Int) -> SQL {
        "INSERT INTO notes (number) VALUES (\(number)) RETURNING number"
    }

    /// Asks for all of them while a transaction holds the only connection; then lets them run.
    ///
    /// - Parameter refused: how many are turned away at once.
    private func insertTogether(
        _ numbers: [Int], into world: StorageWorld, refused: Int = 0
    ) async throws -> [Outcome] {
        let answered = Meeting(of: refused)
        return try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            let release = Meeting(of: 2)
            let held = Meeting(of: 2)
            let holder = Task {
                try await world.database.transaction { transaction throws(StorageError) in
                    try await transaction.execute("SELECT 1")
                    await held.arrive()
                    await release.arrive()
                }
            }
            await held.arrive()
            for (index, number) in numbers.enumerated() {
                group.addTask {
                    // Three digits, so that the order of the keys is that of the numbers.
                    let key = String(100 + number)
                    let outcome = await outcome(
                        of: insertion(number), inOrderOf: key, in: world)
                    answered.note()
                    return (index, outcome)
                }
            }
            // The one job that serves them waits too.
            let waiting = String(numbers.count - refused + 1)
            #expect(
                await eventually {
                    world.queued == waiting && answered.count == refused
                })
            await release.arrive()
            try await holder.value
            var outcomes = [Outcome](repeating: .success(nil), count: numbers.count)
            for try await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes
        }
    }

    @Test("each caller gets its own answer, and far fewer commits were made than statements")
    func together() async throws {
        let world = try await world()
        let numbers = Array((0..<90).shuffled())

        let outcomes = try await insertTogether(numbers, into: world)

        #expect(outcomes == numbers.map { .success(Int64($0)) })
        let commits: Int64? = try await world.database.value(
            "SELECT count(DISTINCT done_in) FROM notes")
        #expect(commits == 3)
    }

    @Test("statements of one commit run in the order of their keys, whoever came first")
    func ordered() async throws {
        let world = try await world()
        _ = try await insertTogether((0..<90).shuffled(), into: world)

        let misplaced: Int64? = try await world.database.value(
            """
            SELECT count(*) FROM notes AS a JOIN notes AS b USING (done_in)
             WHERE a.place < b.place AND a.number > b.number
            """)
        #expect(misplaced == 0)
    }

    @Test("one that fails takes nothing with it: the others are done, once each")
    func oneFails() async throws {
        let world = try await world()
        try await world.database.execute("INSERT INTO notes (number) VALUES (7)")

        let outcomes = try await insertTogether(Array(0..<20), into: world)

        for (number, outcome) in outcomes.enumerated() {
            #expect(
                outcome
                    == (number == 7
                        ? .failure(.constraintViolated(name: "notes_number_key", kind: .unique))
                        : .success(Int64(number))))
        }
        let count: Int64? = try await world.database.value("SELECT count(*) FROM notes")
        #expect(count == 20)
        let outcomesAfter = try await insertTogether(Array(20..<40), into: world)
        #expect(outcomesAfter == (20..<40).map { .success(Int64($0)) })
    }

    @Test("a prepared statement that has become stale is prepared anew")
    func stale() async throws {
        let world = try await world()
        _ = try await insertTogether(Array(0..<10), into: world)
        try await world.database.execute("ALTER TABLE notes ALTER COLUMN number TYPE numeric")
        try await world.database.execute("ALTER TABLE notes ALTER COLUMN number TYPE bigint")
        try await world.database.execute("DEALLOCATE ALL")

        let outcomes = try await insertTogether(Array(10..<30), into: world)

        #expect(outcomes == (10..<30).map { .success(Int64($0)) })
    }

    @Test("nobody is answered before the commit; a server that dies first leaves all in the dark")
    func killed() async throws {
        let cluster = try await TestCluster()
        let world = try await world(cluster: cluster)
        try await world.store.run(
            "CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$; CREATE TRIGGER stall BEFORE INSERT ON notes FOR EACH ROW WHEN (NEW.number = 9) EXECUTE FUNCTION stall()"
        )

        async let outcomes = insertTogether(Array(0..<10), into: world)
        let isStalled = try await eventually {
            try await world.store.value(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
        }
        #expect(isStalled)
        #expect(try await world.store.value("SELECT count(*) FROM notes") == "0")
        try cluster.kill()

        #expect(try await outcomes == Array(repeating: .failure(.connectionLost), count: 10))
        try await cluster.start()
        #expect(try await world.store.value("SELECT count(*) FROM notes") == "0")
    }

    @Test("no more wait than the queue may hold; a closed pool turns all away")
    func refused() async throws {
        let world = try await world(queueLimit: 5)
        let outcomes = try await insertTogether(Array(0..<60), into: world, refused: 55)

        #expect(outcomes.count { $0 == .failure(.unavailable) } == 55)
        let stored: Int64? = try await world.database.value("SELECT count(*) FROM notes")
        #expect(stored == 5, "who was turned away has written nothing")

        world.database.close()
        let late = await outcome(of: insertion(99), inOrderOf: "", in: world)
        #expect(late == .failure(.unavailable))
    }
}
