import Determinism
import Observability
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Escrow

@Suite struct LeadershipTests {
    private func standby(
        _ world: EscrowWorld, patienceMilliseconds: Int64 = Leadership.patienceMilliseconds
    ) throws -> Leadership {
        Leadership(
            direct: try Database(
                DatabaseConfiguration(
                    url: world.store.url, poolSize: 1, deadlineMilliseconds: 60_000),
                logger: .disabled,
                metrics: MetricsRegistry()), patienceMilliseconds: patienceMilliseconds)
    }

    @Test("one leads at a time, and the next only after the first let go")
    func oneAtATime() async throws {
        let world = try await EscrowWorld()
        let first = Leadership(direct: world.direct)
        let second = try standby(world)
        try await world.store.run(  // However slow this machine is, it is not silent.
            "UPDATE leader_generation SET renewed_at = now() + interval '1 hour'")
        #expect(try await second.take(as: "second") == nil)
        #expect(try await first.renew(world.leader))
        try await first.resign()
        #expect(try await first.renew(world.leader) == false)
        let taken = try #require(try await second.take(as: "second"))
        #expect(taken.counter == world.leader.counter + 1)
        #expect(taken.identity == world.leader.identity)
    }

    @Test("a leader that is silent is replaced, and can write nothing when it wakes up")
    func frozen() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        let gas = try await world.gas(50)
        let decided = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 1)
        let first = Leadership(direct: world.direct)
        let second = try standby(world)
        try await world.store.run(
            "UPDATE leader_generation SET renewed_at = now() - interval '1 minute'")
        #expect(
            try await eventually { try await second.take(as: "second") != nil })
        await #expect(throws: LeaderError.deposed) {
            try await world.signing.sign(decided, as: world.leader)
        }
        await #expect(throws: LeaderError.deposed) {
            try await world.signing.withdraw(id, as: world.leader)
        }
        await #expect(throws: LeaderError.deposed) {
            try await world.signing.fencePlanned(as: world.leader)
        }
        await #expect(throws: LeaderError.deposed) {
            try await world.book(9, [(1, try EscrowWorld.deposited(1, 1, 101))])
        }
        // Its session is ended, which its end of the connection may not know yet: it is told so
        // instead of an answer, and never that it leads.
        let answers = Mutex<Set<Bool>>([])
        let isTold = await eventually {
            guard let isLeading = try? await first.renew(world.leader) else { return false }
            answers.withLock { _ = $0.insert(isLeading) }
            return !isLeading
        }
        #expect(isTold)
        #expect(answers.withLock { $0 } == [false])
        #expect(try await world.state(id) == .planned)
        #expect(try await world.count("charge_batches") == 0)
    }

    @Test("a leader says that it is alive while it writes, and nobody takes over until it has")
    func whileWriting() async throws {
        let world = try await EscrowWorld()
        let (gates, gate) = AsyncStream.makeStream(of: Void.self)
        let (starts, started) = AsyncStream.makeStream(of: Void.self)
        let writing = Task { [database = world.database, leader = world.leader] in
            try await database.lead(as: leader) { transaction throws(StorageError) in
                started.yield()
                _ = await gates.first { _ in true }
                return try await transaction.execute("SELECT 1")
            }
        }
        _ = await starts.first { _ in true }
        #expect(try await Leadership(direct: world.direct).renew(world.leader))
        try await Leadership(direct: world.direct).resign()
        let second = try standby(world, patienceMilliseconds: 60_000)
        let taking = Task { () -> Generation? in
            while true { if let taken = try await second.take(as: "second") { return taken } }
        }
        let isWaiting = try await eventually {
            try await world.store.value(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1"
        }
        #expect(isWaiting)
        gate.yield()
        #expect(try await writing.value == 1)
        #expect(try await taking.value?.counter == world.leader.counter + 1)
    }

    @Test(
        "a leader that is cut off in the middle of a write is replaced before the write is over",
        arguments: [false, true])
    func cutOff(isWorking: Bool) async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        let (gates, gate) = AsyncStream.makeStream(of: Void.self)
        let (starts, started) = AsyncStream.makeStream(of: Void.self)
        let writing = Task { [database = world.database, leader = world.leader] in
            try await database.lead(as: leader) { transaction throws(StorageError) in
                try await transaction.noteTrouble("lost", of: [id])
                started.yield()
                if isWorking { try await transaction.execute("SELECT pg_sleep(50)") }
                _ = await gates.first { _ in true }
                try await transaction.execute("SELECT 1")
            }
        }
        _ = await starts.first { _ in true }
        #expect(try await Leadership(direct: world.direct).renew(world.leader))
        let start = Deadline.now
        let second = try standby(world)
        let isTaken = try await eventually { try await second.take(as: "second") != nil }
        #expect(isTaken)
        #expect(start.elapsedNanoseconds < 30_000_000_000)  // Far above, for a busy machine.
        gate.yield()
        await #expect(throws: LeaderError.self) { try await writing.value }
        #expect(try await world.count("charges", where: "last_error IS NOT NULL") == 0)
    }

    @Test("a database that was made anew lets no earlier leader through, whatever its counter says")
    func restored() async throws {
        let world = try await EscrowWorld()
        try await world.store.run(
            """
            CREATE TABLE copy AS SELECT * FROM leader_generation;
            ALTER TABLE leader_generation RENAME TO old_generation;
            ALTER TABLE copy RENAME TO leader_generation;
            ALTER TABLE leader_generation OWNER TO sluice
            """)
        await #expect(throws: LeaderError.deposed) {
            try await world.signing.fencePlanned(as: world.leader)
        }
    }

    @Test("once the server was started anew, nobody goes on who led before")
    func serverRestarted() async throws {
        let world = try await EscrowWorld()
        let leadership = Leadership(direct: world.direct)
        _ = try await world.signing.fencePlanned(as: world.leader)
        // Counts to the same figure on files that were put back.
        let other = Generation(
            counter: world.leader.counter, identity: world.leader.identity,
            checkpoint: world.leader.checkpoint, serverStart: world.leader.serverStart - 1)
        await #expect(throws: LeaderError.deposed) {
            try await world.signing.fencePlanned(as: other)
        }
        #expect(try await leadership.renew(other) == false)
        try await world.store.run(
            """
            UPDATE leader_generation SET server_started_at = server_started_at - interval '1 minute'
            """)
        await #expect(throws: LeaderError.deposed) {
            try await world.signing.fencePlanned(as: world.leader)
        }
        #expect(try await leadership.renew(world.leader) == false)
        let next = try #require(try await leadership.take(as: "next"))
        #expect(try await world.signing.fencePlanned(as: next) == 0)
    }

    @Test("a generation knows what was booked before it began")
    func checkpoint() async throws {
        let world = try await EscrowWorld()
        #expect(world.leader.checkpoint == -1)
        try await world.book(1)
        let next = try #require(try await Leadership(direct: world.direct).take(as: "next"))
        #expect(next.checkpoint == 1)
    }
}
