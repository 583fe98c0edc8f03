import Observability
import Storage
import TestSupport
import Testing

@Suite("what the server refuses") struct RefusalTests {
    private static let tables = """
        CREATE TABLE parents (id bigint CONSTRAINT parents_pkey PRIMARY KEY);
        CREATE TABLE children (
            id     bigint CONSTRAINT children_parent REFERENCES parents,
            amount bigint NOT NULL CONSTRAINT children_amount_positive CHECK (amount > 0));
        INSERT INTO parents VALUES (1);
        ALTER TABLE parents OWNER TO sluice; ALTER TABLE children OWNER TO sluice;
        """

    private static let violations: [(SQL, String, ConstraintKind)] = [
        ("INSERT INTO parents VALUES (1)", "parents_pkey", .unique),
        ("INSERT INTO children VALUES (2, 1)", "children_parent", .foreignKey),
        ("INSERT INTO children VALUES (1, 0)", "children_amount_positive", .check),
        ("INSERT INTO children VALUES (1, NULL)", "amount", .notNull),
    ]

    @Test("a constraint is named, with its kind", arguments: violations)
    func constraints(statement: SQL, name: String, kind: ConstraintKind) async throws {
        let world = try await StorageWorld()
        try await world.store.run(Self.tables)

        await #expect(throws: StorageError.constraintViolated(name: name, kind: kind)) {
            try await world.database.execute(statement)
        }
        #expect(try await world.store.value("SELECT count(*) FROM children") == "0")
    }

    private static let refused: [(SQL, String)] = [
        ("SELECT nothing", "42703"), ("SELECT FROM nowhere", "42P01"), ("SELEC", "42601"),
        ("SELECT 1/0", "22012"), ("SELECT \("a\0b")", "22021"), ("SELECT 1; SELECT 2", "42601"),
    ]

    @Test("other refusals carry the server's code", arguments: refused)
    func codes(statement: SQL, sqlState: String) async throws {
        let world = try await StorageWorld()

        let error = await #expect(throws: StorageError.self) {
            try await world.database.execute(statement)
        }
        #expect(error == .rejected(sqlState: sqlState))
        #expect(try await world.database.value("SELECT 1") == 1)
    }

    @Test("an error's text shows neither the statement nor a value")
    func nothingLeaks() async throws {
        let world = try await StorageWorld()
        try await world.store.run(Self.tables)

        let error = await #expect(throws: StorageError.self) {
            try await world.database.execute("INSERT INTO children VALUES (\(777_123), 1)")
        }

        let text = "\(try #require(error))"
        #expect(!text.contains("777123") && !text.contains("INSERT"))
    }

    @Test("of two transactions that wait for each other one is told to try again")
    func deadlock() async throws {
        let world = try await StorageWorld()
        try await world.store.run(Self.tables + "INSERT INTO parents VALUES (2)")
        let meeting = Meeting(of: 2)

        let errors = await withTaskGroup(of: StorageError?.self) { group in
            for (first, second) in [(1, 2), (2, 1)] {
                group.addTask {
                    do throws(StorageError) {
                        try await world.database.transaction {
                            transaction throws(StorageError) in
                            try await transaction.execute(
                                "SELECT FROM parents WHERE id = \(first) FOR UPDATE")
                            await meeting.arrive()
                            try await transaction.execute(
                                "SELECT FROM parents WHERE id = \(second) FOR UPDATE")
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(errors.compactMap { $0 } == [StorageError.serialization])
    }

    @Test("a lock that is not to be had in time leaves nothing done")
    func lockTimeout() async throws {
        let world = try await StorageWorld(deadlineMilliseconds: 500)
        try await world.store.run(Self.tables)
        let patient = try Database(
            DatabaseConfiguration(url: world.store.url, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: .init())

        let error = try await patient.transaction { transaction throws(StorageError) in
            try await transaction.execute("LOCK TABLE parents")
            return await failure {
                try await world.database.execute("INSERT INTO parents VALUES (3)")
            }
        }
        #expect(error as? StorageError == .unavailable)
        #expect(try await world.store.value("SELECT count(*) FROM parents") == "1")
    }
}
