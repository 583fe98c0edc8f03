import Determinism
import Observability
import Storage
import TestSupport
import Testing

@Suite("the database away, frozen, back") struct OutageTests {
    /// What a loaded test machine may add to a deadline.
    private static let slackMilliseconds: Int64 = 30_000

    private func errors(
        _ count: Int, from world: StorageWorld, statement: SQL = "SELECT 1"
    ) async -> [StorageError?] {
        await withTaskGroup(of: StorageError?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do throws(StorageError) {
                        try await world.database.execute(statement)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("a frozen server keeps no caller beyond the deadline, and serves again when it thaws")
    func frozen() async throws {
        let cluster = try await TestCluster()
        let world = try await StorageWorld(
            cluster: cluster, poolSize: 4, deadlineMilliseconds: 1000)
        let isServing = await eventually { await errors(8, from: world).allSatisfy { $0 == nil } }
        #expect(isServing)

        try cluster.freeze()
        for _ in 0..<2 {  // Open connections first, then ones that never come to be.
            let started = Deadline.now
            let found = await errors(40, from: world)
            #expect(found.allSatisfy { $0 == .unavailable || $0 == .connectionLost })
            #expect(started.elapsedNanoseconds < UInt64(1000 + Self.slackMilliseconds) * 1_000_000)
        }
        let started = Deadline.now
        await #expect(throws: StorageError.unavailable) {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("SELECT 1")
            }
        }
        #expect(started.elapsedNanoseconds < UInt64(1000 + Self.slackMilliseconds) * 1_000_000)

        try cluster.thaw()
        let isBack = await eventually { await errors(8, from: world).allSatisfy { $0 == nil } }
        #expect(isBack)
    }

    @Test("a server killed under a statement: its outcome is unknown, the next ones are refused")
    func killed() async throws {
        let cluster = try await TestCluster()
        let world = try await StorageWorld(cluster: cluster)

        async let slow = errors(1, from: world, statement: "SELECT pg_sleep(120)")
        let isRunning = try await eventually {
            try await world.store.value(
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND wait_event = 'PgSleep'"
            ) == "1"
        }
        #expect(isRunning)
        try cluster.kill()

        #expect(await slow == [.connectionLost])
        #expect(await errors(3, from: world) == [.unavailable, .unavailable, .unavailable])

        try await cluster.start()
        let isBack = await eventually { await errors(8, from: world).allSatisfy { $0 == nil } }
        #expect(isBack)
    }

    @Test("connections that died while nobody used them are replaced before anybody notices")
    func restarted() async throws {
        let cluster = try await TestCluster()
        let world = try await StorageWorld(cluster: cluster)
        #expect(await errors(16, from: world).allSatisfy { $0 == nil })

        try await cluster.stop()
        try await cluster.start()

        #expect(await errors(16, from: world).allSatisfy { $0 == nil })
    }

    @Test("a full queue turns callers away at once, and those who wait too long in time")
    func overflow() async throws {
        let world = try await StorageWorld(
            poolSize: 1, deadlineMilliseconds: 800, queueLimit: 5)
        #expect(await eventually { await errors(1, from: world) == [nil] })
        let started = Deadline.now

        let found = await errors(20, from: world, statement: "SELECT pg_sleep(120)")

        #expect(found.allSatisfy { $0 == .unavailable || $0 == .connectionLost })
        #expect(found.count { $0 == .connectionLost } <= 1)
        #expect(started.elapsedNanoseconds < UInt64(800 + Self.slackMilliseconds) * 1_000_000)
        #expect(await eventually { await errors(1, from: world) == [nil] })
    }

    @Test("nobody waits behind another's long transaction for longer than the own deadline")
    func waitingBehindLease() async throws {
        let world = try await StorageWorld(poolSize: 1, deadlineMilliseconds: 4000)
        let begun = Meeting(of: 2)
        let waited = Meeting(of: 2)
        let holding = Task {
            try await world.database.transaction { transaction throws(StorageError) in
                try await transaction.execute("SELECT 1")
                await begun.arrive()
                await waited.arrive()
            }
        }
        await begun.arrive()
        let started = Deadline.now

        _ = await errors(3, from: world)

        #expect(started.elapsedNanoseconds < UInt64(4000 + Self.slackMilliseconds) * 1_000_000)
        await waited.arrive()
        _ = await holding.result
    }

    @Test("a server that takes connections and says nothing is given up for the next in the URL")
    func severalHosts() async throws {
        let cluster = try await TestCluster.shared()
        let store = try await cluster.makeDatabase()
        let silent = try StallingProxy(to: cluster.port)
        defer { silent.stop() }
        silent.set(.stalled)
        let database = try Database(
            DatabaseConfiguration(
                url: "postgresql://sluice@127.0.0.1:\(silent.port),localhost:\(cluster.port)/"
                    + store.name, poolSize: 1, deadlineMilliseconds: 12_000),
            logger: .disabled, metrics: .init())

        #expect(try await database.value("SELECT 1") == 1)
    }

    @Test(
        "no way to the server is no crash and no wait",
        arguments: [
            "postgresql://sluice@127.0.0.1:1/none", "postgresql://sluice@/none?host=/nowhere",
            "postgresql://sluice@no-such-host.invalid/none",
        ])
    func unreachable(url: String) async throws {
        let database = try Database(
            DatabaseConfiguration(url: url, deadlineMilliseconds: 1000), logger: .disabled,
            metrics: .init())
        let started = Deadline.now

        await #expect(throws: StorageError.unavailable) { try await database.execute("SELECT 1") }

        #expect(started.elapsedNanoseconds < UInt64(1000 + Self.slackMilliseconds) * 1_000_000)
    }

    @Test(
        "what is no URL of a database is refused without being repeated",
        arguments: [
            "postgresql://u:secret@[::1/x", "postgres//u:secret@h", "host=h passwrd=secret",
        ])
    func invalidURL(url: String) throws {
        let error = #expect(throws: InvalidDatabaseURL.self) {
            try Database(
                DatabaseConfiguration(url: url), logger: .disabled, metrics: .init())
        }
        #expect(!"\(try #require(error))".contains("secret"))
    }

    @Test("a closed pool refuses")
    func closed() async throws {
        let world = try await StorageWorld()
        try await world.database.execute("SELECT 1")
        world.database.close()

        await #expect(throws: StorageError.unavailable) {
            try await world.database.execute("SELECT 1")
        }
    }

    @Test("the metrics tell of connections and of errors by kind")
    func metrics() async throws {
        let store = try await TestCluster.shared().makeDatabase()
        let registry = MetricsRegistry()
        let database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled,
            metrics: registry)
        try await database.execute("SELECT 1")
        _ = try? await database.execute("SELECT FROM nowhere")

        let text = registry.text()
        #expect(text.contains(#"sluice_database_pool_size{pool="main"} 1"#))
        #expect(text.contains(#"sluice_database_connects_total{pool="main"} 1"#))
        #expect(text.contains(#"sluice_database_errors_total{pool="main",kind="rejected"} 1"#))
        #expect(text.contains(#"sluice_database_statement_seconds_count{pool="main"} 2"#))
    }
}
