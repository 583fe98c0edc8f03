import Determinism
import Observability
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("hearing of changes") struct ListenerTests {
    /// A listener on a table of numbers, through a proxy.
    private final class World: Sendable {
        let store: TestDatabase
        let proxy: StallingProxy
        let listener: DatabaseListener
        private let seen: Log

        final class Log: Sendable {
            let numbers = Mutex<[Int64]>([])
            /// When each number was first seen, on the listener's own thread.
            let moments = Mutex<[Int64: Deadline]>([:])
            let asked = Mutex<Deadline?>(nil)
            let notified = Mutex(0)
        }

        init(pollMilliseconds: Int64 = 300) async throws {
            store = try await TestCluster.shared().makeDatabase()
            try await store.run("CREATE TABLE n (i bigint); ALTER TABLE n OWNER TO sluice")
            proxy = try StallingProxy(to: store.cluster.port)
            let log = Log()
            seen = log
            var configuration = ListenerConfiguration(
                url: store.url(port: proxy.port), channels: ["news"])
            configuration.pollMilliseconds = pollMilliseconds
            listener = try DatabaseListener(
                configuration, logger: .disabled, metrics: .init(),
                poll: { occasion in
                    if occasion == .notified { log.notified.withLock { $0 += 1 } }
                    return "SELECT i FROM n ORDER BY i"
                },
                rows: { (rows: [SQLScalar<Int64>], asked) in
                    log.asked.withLock { $0 = asked }
                    let now = Deadline.now
                    log.moments.withLock { moments in
                        for row in rows where moments[row.value] == nil {
                            moments[row.value] = now
                        }
                    }
                    log.numbers.withLock { $0 = rows.map(\.value) }
                })
            listener.start()
        }

        deinit {
            listener.stop()
            proxy.stop()
        }

        var numbers: [Int64] { seen.numbers.withLock { $0 } }
        var notified: Int { seen.notified.withLock { $0 } }
        /// When the last news were asked for.
        var lastNews: Deadline? { seen.asked.withLock { $0 } }

        func isListening() async throws -> Bool {
            try await store.value(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
                    + "AND application_name = 'sluice listener' AND state = 'idle'") == "1"
        }

        /// How long until the listener knows of `number`, which is written now.
        func milliseconds(untilKnown number: Int64) async throws -> UInt64? {
            try await store.run("INSERT INTO n VALUES (\(number))")
            let written = Deadline.now
            guard await eventually({ numbers.contains(number) }),
                let known = seen.moments.withLock({ $0[number] })
            else { return nil }
            let (age, knownFor) = (written.elapsedNanoseconds, known.elapsedNanoseconds)
            return age > knownFor ? (age - knownFor) / 1_000_000 : 0
        }
    }

    @Test("what is written is known by the next poll, without a notification")
    func poll() async throws {
        let world = try await World()
        let delay = try #require(try await world.milliseconds(untilKnown: 1))

        #expect(delay < 3000)
        #expect(world.notified == 0)
    }

    @Test("a notification makes it ask at once")
    func notification() async throws {
        let world = try await World(pollMilliseconds: 60_000)
        #expect(await eventually { world.lastNews != nil })

        try await world.store.run("INSERT INTO n VALUES (5); NOTIFY news, 'hello'")

        #expect(await eventually { world.numbers == [5] })
        #expect(world.notified == 1)
    }

    @Test(
        "cut off or half-open, it is soon back",
        arguments: [StallingProxy.Mode.cut, .stalledForExisting])
    func reconnects(mode: StallingProxy.Mode) async throws {
        let world = try await World()
        #expect(await eventually { world.lastNews != nil })

        world.proxy.set(mode)
        if mode == .cut {
            // New connections are refused for a while, as by a load balancer that changes over.
            #expect(await eventually { isOld(world.lastNews, 500) })
            world.proxy.set(.forwarding)
        }
        let delay = try #require(try await world.milliseconds(untilKnown: 2))

        // Two polls and a connect: 650 ms on a quiet machine. One that does not notice what
        // became of its connection takes minutes.
        #expect(delay < 5000)
    }

    @Test("while nothing gets through, the news grow old; then they are fresh again")
    func stalled() async throws {
        let world = try await World()
        #expect(await eventually { world.lastNews != nil })

        world.proxy.set(.stalled)
        #expect(await eventually { isOld(world.lastNews, 1500) })

        world.proxy.set(.stalledForExisting)
        #expect(await eventually { !isOld(world.lastNews, 1000) })
        #expect(try await eventually { try await world.isListening() })
        try await world.store.run("INSERT INTO n VALUES (6); NOTIFY news, 'again'")
        #expect(await eventually { world.notified > 0 })
    }

    @Test("stopped, it lets go of its connection")
    func stop() async throws {
        let world = try await World()
        #expect(try await eventually { try await world.isListening() })

        world.listener.stop()

        #expect(try await eventually { try await !world.isListening() })
    }
}

/// - Parameter moment: nil is as old as can be.
private func isOld(_ moment: Deadline?, _ milliseconds: UInt64) -> Bool {
    guard let moment else { return true }
    return moment.elapsedNanoseconds > milliseconds * 1_000_000
}
