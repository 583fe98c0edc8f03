import Determinism
import Observability
import Storage
import TestSupport
import Testing

@testable import Intake

@Suite struct StoringLoopTests {
    /// A queue of batches that holds them all before anybody takes one, and who takes them.
    private struct Stage {
        let world: IntakeWorld
        let queue: BatchQueue
        let loop: StoringLoop

        init(turnMilliseconds: Int64 = 500) async throws {
            world = try await IntakeWorld()
            queue = BatchQueue(
                metrics: world.metrics, surroundings: world.clock.surroundings, lineLimit: 1)
            loop = StoringLoop(
                queue: queue, spool: nil, metrics: world.metrics, logger: .disabled,
                turnMilliseconds: turnMilliseconds)
        }

        /// Each part is a batch.
        func deliver(_ parts: [Range<Int>]) {
            for part in parts {
                for chunk in world.batch(NumberedLines.lines(part)).chunks {
                    queue.deliver(chunk, from: "test")
                }
            }
        }

        /// Somebody else stores line 0 and does not commit until told so.
        func holdFirstLine() async -> (holding: Task<Void, any Error>, mayEnd: Monitor<Bool>) {
            let (isHeld, mayEnd) = (Monitor(false), Monitor(false))
            let holding = Task { [world] in
                try await offThreadTransaction(world) { transaction throws(StorageError) in
                    try transaction.execute(
                        """
                        INSERT INTO haproxy_logs (at, edge, line_id, batch_id, bytes_in, bytes_out)
                        VALUES (\(IntakeWorld.moment), 'edge-1',
                            '00000000-0000-4000-9000-000000000000', 999, 0, 0)
                        """)
                    isHeld.update { $0 = true }
                    _ = mayEnd.wait(until: .after(milliseconds: 60_000)) { $0 ? true : nil }
                }
            }
            #expect(await eventually { isHeld.read { $0 } })
            return (holding, mayEnd)
        }

        func start() throws {
            let target = try BulkTarget(
                DatabaseConfiguration(
                    url: world.database.intakeURL, poolSize: 1, deadlineMilliseconds: 60_000))
            loop.start { [world] in
                LineStore(
                    target, budget: world.budget, metrics: world.metrics, registry: world.registry,
                    surroundings: world.clock.surroundings, logger: .disabled)
            }
        }

        func stored(_ count: Int) async throws -> Bool {
            try await eventually {
                try await world.rows("SELECT count(*) FROM haproxy_logs") == ["\(count)"]
            }
        }

        func stop() -> Bool {
            queue.close()
            return loop.stop(until: .after(milliseconds: 20_000))
        }
    }

    @Test("a batch that waits for somebody else's lines does not hold the next one up for long")
    func heldUp() async throws {
        let stage = try await Stage()
        let world = stage.world
        let (holding, mayEnd) = await stage.holdFirstLine()
        stage.deliver([0..<10, 10..<20])

        try stage.start()

        #expect(try await stage.stored(10))
        #expect(try await world.rows("SELECT min(received) FROM log_windows") == ["10"])
        mayEnd.update { $0 = true }
        try await holding.value
        #expect(try await stage.stored(20))
        #expect(stage.stop())
        #expect(try await world.rows("SELECT sum(line_count) FROM log_batches") == ["19"])
    }

    @Test("a batch that is ready is committed after the one that came before it")
    func inOrder() async throws {
        let stage = try await Stage(turnMilliseconds: 60_000)
        let world = stage.world
        let (holding, mayEnd) = await stage.holdFirstLine()
        stage.deliver([0..<10, 10..<20])

        try stage.start()

        let isReady = try await eventually {
            try await world.rows(
                """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND state = 'idle in transaction' AND query LIKE '%INSERT INTO log_batches%'
                """) == ["1"]
        }
        #expect(isReady)
        #expect(try await world.rows("SELECT count(*) FROM haproxy_logs") == ["0"])
        mayEnd.update { $0 = true }
        try await holding.value
        #expect(try await stage.stored(20))
        #expect(stage.stop())
    }
}
