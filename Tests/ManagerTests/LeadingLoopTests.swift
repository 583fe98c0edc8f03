import Determinism
import Escrow
import Observability
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Manager

/// Two managers that take turns, each with a connection of its own that the lead hangs on.
@Suite struct LeadingLoopTests {
    /// A process as far as leading goes: works in turns, one task of which never ends by itself.
    private final class Process: Sendable {
        let loop: LeadingLoop
        let runner: TaskRunner
        let metrics = MetricsRegistry()
        /// Turns that were begun.
        let turns: Turns
        private let running = Mutex<Task<Void, Never>?>(nil)

        final class Turns: Sendable {
            let generations = Mutex<[Generation]>([])
            let isSlow = Mutex(false)
        }

        /// - Parameter unfit: why it cannot do the work.
        init(_ world: ManagerWorld, gate: AsyncStream<Void>, unfit: String? = nil) throws {
            let turns = Turns()
            let slow = ManagerTask("slow", everyMilliseconds: 60_000) { _ in
                turns.isSlow.withLock { $0 = true }
                _ = await gate.first { _ in true }
                return .idle
            }
            let runner = TaskRunner(
                [slow], database: world.database, holder: "here", surroundings: .live,
                logger: .disabled, metrics: metrics)
            (self.turns, self.runner) = (turns, runner)
            loop = LeadingLoop(
                leadership: Leadership(
                    direct: try ManagerWorld.database(world.store.url, connections: 1)),
                holder: "here", logger: world.log.logger, metrics: metrics
            ) { generation in
                turns.generations.withLock { $0.append(generation) }
                if let unfit { return .unfit(unfit) }
                await runner.run(as: generation)
                return .over
            }
        }

        func start() { running.withLock { $0 = Task { [loop] in await loop.run() } } }

        func stop() async {
            let task = running.withLock { $0 }
            task?.cancel()
            await task?.value
        }

        var leads: Bool { turns.generations.withLock { $0.count } > 0 && loop.isLeading }
        var isSlow: Bool { turns.isSlow.withLock { $0 } }
        var generations: [Int64] { turns.generations.withLock { $0.map(\.counter) } }
    }

    /// Nobody leads yet.
    private static func world() async throws -> ManagerWorld {
        let world = try await ManagerWorld()
        try await Leadership(direct: world.direct).resign()
        return world
    }

    @Test("a leader that loses its connection in a slow task leads again, without that task's end")
    func connectionLost() async throws {
        let world = try await Self.world()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let process = try Process(world, gate: gate)
        process.start()
        #expect(await eventually { process.isSlow })
        try await world.store.run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
             WHERE locktype = 'advisory' AND granted AND database =
                (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
        #expect(await eventually { process.generations.count >= 2 && process.leads })
        #expect(process.generations.sorted() == process.generations)
        #expect(process.metrics.text().contains("\nsluice_manager_leading 1\n"))
        open.finish()
        await process.stop()
    }

    @Test("asked to stop in a slow task, a leader lets a standby lead at once")
    func handsOver() async throws {
        let world = try await Self.world()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let first = try Process(world, gate: gate)
        first.start()
        #expect(await eventually { first.isSlow })
        let second = try Process(world, gate: gate)
        second.start()
        let stopping = Task { await first.stop() }
        #expect(await eventually { second.leads })
        #expect(!first.loop.isLeading)
        #expect(first.metrics.text().contains("\nsluice_manager_leading 0\n"))
        await stopping.value
        open.finish()
        await second.stop()
        await first.runner.finish()
    }

    @Test("one that cannot lead says why, and leaves the lead to one that can")
    func unfit() async throws {
        let world = try await Self.world()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let bad = try Process(world, gate: gate, unfit: "no identity file")
        bad.start()
        #expect(await eventually { bad.loop.reasonAside == "no identity file" })
        #expect(world.log.lines().contains { $0.contains("no identity file") })
        let good = try Process(world, gate: gate)
        good.start()
        #expect(await eventually { good.leads })
        #expect(!bad.loop.isLeading && bad.generations.count == 1)
        open.finish()
        await bad.stop()
        await good.stop()
    }
}
