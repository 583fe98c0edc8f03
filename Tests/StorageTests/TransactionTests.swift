import Observability
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("transactions") struct TransactionTests {
    private func makeWorld(
        poolSize: Int = 2, deadlineMilliseconds: Int64 = 20_000
    ) async throws -> StorageWorld {
        let world = try await StorageWorld(
            poolSize: poolSize, deadlineMilliseconds: deadlineMilliseconds)
        try await world.store.run(
            "CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY); ALTER TABLE t OWNER TO sluice"
        )
        return world
    }

    private func count(_ world: StorageWorld) async throws -> String? {
        try await world.store.value("SELECT count(*) FROM t")
    }

    @Test("what the body did is there for others only after it returned")
    func commit() async throws {
        let world = try await makeWorld()

        let inside: Int64? = try await world.database.transaction {
            transaction throws(StorageError) in
            try await transaction.execute("INSERT INTO t VALUES (1)")
            let outside: Int64? = try await world.database.value("SELECT count(*) FROM t")
            #expect(outside == 0)
            return try await transaction.value("SELECT count(*) FROM t")
        }

        #expect(inside == 1)
        #expect(try await count(world) == "1")
    }

    @Test("an error of the body undoes all and comes out as it was")
    func rollBack() async throws {
        let world = try await makeWorld(poolSize: 1)

        await #expect(throws: StorageError.unexpectedValue(column: "mine")) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                throw .unexpectedValue(column: "mine")
            }
        }

        #expect(try await count(world) == "0")
        #expect(try await world.database.value("SELECT 1") == 1)
    }

    @Test("an abandoned transaction returns its value and does nothing")
    func abandon() async throws {
        let world = try await makeWorld()

        let value = try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute("INSERT INTO t VALUES (1)")
            transaction.abandon()
            return "decided"
        }

        #expect(value == "decided")
        #expect(try await count(world) == "0")
    }

    @Test("a swallowed error does not make half a transaction pass for a whole one")
    func swallowedError() async throws {
        let world = try await makeWorld()

        await #expect(throws: StorageError.rejected(sqlState: "25P02")) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                _ = try? await transaction.execute("INSERT INTO t VALUES (1)")
            }
        }

        #expect(try await count(world) == "0")
    }

    @Test("a constraint that is checked at the commit fails the commit by its name")
    func deferredConstraint() async throws {
        let world = try await makeWorld()
        try await world.store.run(
            """
            CREATE TABLE c (id bigint CONSTRAINT c_t REFERENCES t DEFERRABLE INITIALLY DEFERRED);
            ALTER TABLE c OWNER TO sluice
            """)

        await #expect(throws: StorageError.constraintViolated(name: "c_t", kind: .foreignKey)) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO c VALUES (9)")
            }
        }
        await #expect(throws: StorageError.constraintViolated(name: "c_t", kind: .foreignKey)) {
            try await world.database.execute("INSERT INTO c VALUES (9)")
        }
    }

    @Test("a transaction kept beyond its end refuses everything")
    func leaked() async throws {
        let world = try await makeWorld(poolSize: 1)
        let kept = Mutex<Transaction?>(nil)
        try await world.database.transaction { transaction throws(StorageError) in
            kept.withLock { $0 = transaction }
            try await transaction.execute("INSERT INTO t VALUES (1)")
        }
        let transaction = try #require(kept.withLock { $0 })

        await #expect(throws: StorageError.unavailable) {
            try await transaction.execute("INSERT INTO t VALUES (2)")
        }
        #expect(try await count(world) == "1")
    }

    @Test("a body that does not return holds its connection until the deadline and no longer")
    func hangingBody() async throws {
        let world = try await makeWorld(poolSize: 1, deadlineMilliseconds: 4000)
        let begun = Meeting(of: 2)
        let served = Meeting(of: 2)

        let hanging = Task {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                await begun.arrive()
                await served.arrive()
                try await transaction.execute("INSERT INTO t VALUES (2)")
            }
        }
        await begun.arrive()
        let isFree = await eventually {
            await (try? world.database.value("SELECT 1")) == 1
        }
        #expect(isFree)
        await served.arrive()

        await #expect(throws: StorageError.unavailable) { try await hanging.value }
        #expect(try await count(world) == "0")
    }

    @Test("a connection that dies before the commit leaves nothing done, and says so")
    func lostBeforeCommit() async throws {
        let world = try await makeWorld()

        await #expect(throws: StorageError.unavailable) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                await world.terminateOthers()
            }
        }
        await #expect(throws: StorageError.unavailable) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO t VALUES (1)")
                await world.terminateOthers()
                try await transaction.execute("INSERT INTO t VALUES (2)")
            }
        }

        #expect(try await count(world) == "0")
        #expect(try await world.database.value("SELECT 1") == 1)
    }

    @Test(
        "a commit that is not answered is of unknown outcome", arguments: ["deadline", "cut"])
    func lostInCommit(by cause: String) async throws {
        let world = try await makeWorld(deadlineMilliseconds: cause == "cut" ? 20_000 : 8000)
        // The commit itself waits, in a check that is deferred to it.
        try await world.store.run(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION wait()
            """)
        let commit = Task {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("SET LOCAL statement_timeout = 0")
                try await transaction.execute("INSERT INTO t VALUES (1)")
            }
        }
        if cause == "cut" {
            let isCommitting = try await eventually {
                try await world.store.value(
                    "SELECT 1 FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active' AND datname = current_database()"
                ) == "1"
            }
            #expect(isCommitting)
            await world.terminateOthers()
        }

        await #expect(throws: StorageError.connectionLost) { try await commit.value }
    }

    @Test("a transaction without statements needs no database")
    func empty() async throws {
        let database = try Database(
            DatabaseConfiguration(url: "postgresql://nobody@127.0.0.1:1/none"),
            logger: .disabled, metrics: .init())

        #expect(try await database.transaction { _ in 7 } == 7)
    }

    @Test(
        "a statement that the server forgot, or that gives other columns now, begins a transaction",
        arguments: ["DEALLOCATE ALL", "ALTER TABLE t ADD name text"])
    func staleFirstStatement(change: String) async throws {
        let world = try await makeWorld(poolSize: 1)
        let query: SQL =
            "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2 RETURNING *"
        try await world.database.execute(query)
        if change.hasPrefix("ALTER") {
            try await world.store.run(change)
        } else {
            try await world.database.execute("DEALLOCATE ALL")
        }

        try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute(query)
            try await transaction.execute("INSERT INTO t VALUES (3)")
        }

        #expect(
            try await world.store.value("SELECT string_agg(id::text, ',' ORDER BY id) FROM t")
                == "2,3")
    }

    @Test("such a statement later in a transaction undoes all, and nothing is done by halves")
    func staleLaterStatement() async throws {
        let world = try await makeWorld(poolSize: 1)
        let query: SQL = "INSERT INTO t VALUES (1)"
        try await world.database.execute(query)
        try await world.store.run("DELETE FROM t")
        try await world.database.execute("DEALLOCATE ALL")

        await #expect(throws: StorageError.rejected(sqlState: "26000")) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("INSERT INTO t VALUES (7)")
                try await transaction.execute(query)
            }
        }

        #expect(try await count(world) == "0")
    }

    @Test("an open transaction left behind by a statement is given to nobody")
    func strayBegin() async throws {
        let world = try await makeWorld(poolSize: 1)
        try await world.database.execute("BEGIN")
        try await world.database.execute("INSERT INTO t VALUES (1)")

        #expect(try await count(world) == "1")
    }
}
