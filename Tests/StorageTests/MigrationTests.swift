import Observability
import TestSupport
import Testing

@testable import Storage

@Suite("migrations") struct MigrationTests {
    private static let first = Migration(1, "first", Array("CREATE TABLE a (i int);".utf8))
    private static let second = Migration(
        2, "second", Array("CREATE TABLE b (i int); INSERT INTO a VALUES (2);".utf8))

    private func migrator(
        _ store: TestDatabase, _ migrations: [Migration], lockMilliseconds: Int64 = 10_000
    ) throws -> SchemaMigrator {
        try SchemaMigrator(
            url: store.url, logger: .disabled, migrations: migrations,
            lockMilliseconds: lockMilliseconds)
    }

    @Test("our own apply to an empty database, once, and then the schema is current")
    func ours() async throws {
        let world = try await StorageWorld()
        let migrator = try SchemaMigrator(url: world.store.url, logger: .disabled)
        #expect(try await world.database.schemaStatus().isCurrent == false)

        let applied = try await migrator.migrate()

        #expect(applied == Migration.all.map(\.title))
        #expect(try await migrator.migrate() == [])
        #expect(try await world.database.schemaStatus().isCurrent)
        #expect(try await migrator.status().applied == applied)
    }

    @Test("the embedded files stand in order, each number once")
    func order() {
        let versions = Migration.all.map(\.version)

        #expect(versions == Array(1...Int64(versions.count)))
        #expect(Migration.all.allSatisfy { !$0.content.isEmpty })
    }

    @Test("a released file that was changed is refused, and nothing else is applied")
    func changed() async throws {
        let store = try await TestCluster.shared().makeDatabase()
        try await migrator(store, [Self.first]).migrate()
        var edited = Self.first
        edited.content += Array(" -- harmless".utf8)
        let next = try migrator(store, [edited, Self.second])

        await #expect(throws: MigrationError.changed(name: "0001_first")) {
            try await next.migrate()
        }
        #expect(try await next.status().missing == ["0002_second"])
        #expect(try await store.value("SELECT to_regclass('b')") == nil)
    }

    @Test("one that fails leaves nothing of itself, keeps those before, and can be run again")
    func failing() async throws {
        let store = try await TestCluster.shared().makeDatabase()
        let broken = Migration(2, "broken", Array("CREATE TABLE b (i int); SELECT nothing;".utf8))

        let error = await #expect(throws: MigrationError.self) {
            try await migrator(store, [Self.first, broken]).migrate()
        }

        guard case .failed("0002_broken", "42703", _) = error else {
            Issue.record("not the expected error: \(String(describing: error))")
            return
        }
        #expect(try await store.value("SELECT to_regclass('b')") == nil)
        #expect(try await migrator(store, [Self.first, Self.second]).migrate() == ["0002_second"])
    }

    @Test("what cannot run in a transaction says so in its first line")
    func withoutTransaction() async throws {
        let store = try await TestCluster.shared().makeDatabase()
        let statement = "CREATE INDEX CONCURRENTLY IF NOT EXISTS a_i ON a (i);"
        let marked = Migration(2, "index", Array(("-- no transaction\n" + statement).utf8))
        let unmarked = Migration(2, "index", Array(statement.utf8))

        await #expect(throws: MigrationError.self) {
            try await migrator(store, [Self.first, unmarked]).migrate()
        }
        #expect(try await migrator(store, [Self.first, marked]).migrate() == ["0002_index"])
    }

    @Test("a schema that is ahead of the code is current, one that is behind is not")
    func aheadAndBehind() async throws {
        let world = try await StorageWorld()
        try await migrator(world.store, [Self.first, Self.second]).migrate()
        let third = Migration(3, "third", Array("SELECT 1".utf8))

        let ahead = try await world.database.schemaStatus(of: [Self.first])
        let behind = try await world.database.schemaStatus(of: [Self.first, Self.second, third])

        #expect(ahead.isCurrent && ahead.applied == ["0001_first", "0002_second"])
        #expect(!behind.isCurrent && behind.missing == ["0003_third"])
        #expect(try await migrator(world.store, [Self.first]).migrate() == [])
    }

    @Test("many at once apply each migration once")
    func concurrent() async throws {
        let store = try await TestCluster.shared().makeDatabase()

        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<6 {
                group.addTask { try await migrator(store, [Self.first, Self.second]).migrate() }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(applied == ["0001_first", "0002_second"])
        #expect(try await store.value("SELECT count(*) FROM a") == "1")
    }

    @Test("while another process holds the lock, it gives up with that reason")
    func locked() async throws {
        let world = try await StorageWorld()
        let error = try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute(
                "SELECT pg_advisory_xact_lock(\(Int64(0x736C_7569_6365_6D69)))")
            return await failure {
                try await migrator(world.store, [Self.first], lockMilliseconds: 200).migrate()
            }
        }
        #expect(error as? MigrationError == .locked)
    }
}
