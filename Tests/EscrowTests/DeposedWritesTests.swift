import Determinism
import Identifiers
import Observability
import Storage
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

/// All that engine and follower write, by somebody whose generation is over.
@Suite struct DeposedWritesTests {
    private struct Write: Sendable {
        let name: String
        /// Nothing, where it is done a second time.
        var isRepeated = false
        let run: @Sendable (Generation) async throws -> Void
    }

    @Test("whoever led before writes nothing, whatever it is; whoever leads does")
    func nothing() async throws {
        let world = try await EscrowWorld()
        let writes = try await Self.writes(in: world)
        try await world.direct.releaseLeaderLock()
        let next = try #require(try await Leadership(direct: world.direct).take(as: "next"))
        let before = try await Self.content(of: world)
        for write in writes {
            await #expect(throws: LeaderError.deposed, "\(write.name)") {
                try await write.run(world.leader)
            }
            #expect(try await Self.content(of: world) == before, "\(write.name)")
        }
        for write in writes {
            let before = try await Self.content(of: world)
            try await write.run(next)
            let isChanged = try await Self.content(of: world) != before
            #expect(isChanged != write.isRepeated, "\(write.name)")
        }
    }

    private static func content(of world: EscrowWorld) async throws -> String? {
        try await world.store.value(
            """
            SELECT md5(string_agg(query_to_xml(
                    format('SELECT * FROM %I AS t ORDER BY t::text', tablename),
                    true, false, '')::text, '' ORDER BY tablename))
              FROM pg_tables WHERE schemaname = 'public'
            """)
    }

    /// In an order in which each has something to write.
    private static func writes(in world: EscrowWorld) async throws -> [Write] {
        var ids: [ChargeID] = []
        for number in 1...4 {
            let customer = try await world.customer(number, balance: 100)
            let new = world.newCharge(customer, 10, key: "k\(number)")
            ids.append(try await world.charges.plan(new).id)
        }
        var gas: [ObjectReference] = []
        for number in 50...52 { gas.append(try await world.gas(number)) }
        let first = try await world.batch(.charge, [(ids[0], 1)], gas: gas[0], digest: 1)
        #expect(try await world.signing.sign(first, as: world.leader) == .signed)
        return try await signing(in: world, ids, gas, after: first)
            + following(in: world)
            + standing(in: world, ids)
    }

    private static func signing(
        in world: EscrowWorld, _ ids: [ChargeID], _ gas: [ObjectReference],
        after first: SignedBatch
    ) async throws -> [Write] {
        let book = world.signing
        let second = try await world.batch(.charge, [(ids[1], 1)], gas: gas[1], digest: 2)
        let again = try await world.batch(
            .charge, [(ids[0], 1)], gas: gas[0], digest: 3, lastEpoch: 3)
        let kept = SignedMaintenance(
            coins: [gas[2]], lastEpoch: 2, digest: try Sample.digest(4), bytes: [1],
            signature: [2])
        let released = SignedMaintenance(
            coins: [gas[0]], lastEpoch: 3, digest: try Sample.digest(5), bytes: [1],
            signature: [2])
        return [
            Write(name: "trouble") { try await book.noteTrouble("x", of: ids, as: $0) },
            Write(name: "sign") { _ = try await book.sign(second, as: $0) },
            Write(name: "rebuild") {
                _ = try await book.rebuild(again, after: first.digest, as: $0)
            },
            Write(name: "keep") { _ = try await book.keep(kept, as: $0) },
            Write(name: "release") {
                _ = try await book.release(released, lineage: first.digest.bytes, as: $0)
            },
            Write(name: "withdraw") { _ = try await book.withdraw(ids[2], as: $0) },
            Write(name: "fence") { _ = try await book.fencePlanned(as: $0) },
        ]
    }

    private static func following(in world: EscrowWorld) async throws -> [Write] {
        let bookkeeper = world.bookkeeper
        let next = try #require(try await bookkeeper.mark()) + 1
        let event = RawEvent(
            id: try Sample.event(6, 0), checkpoint: next, at: world.time.surroundings.now(),
            try EscrowWorld.deposited(1, 5, 105))
        let coin = GasCoin(reference: try Sample.gas(53, version: 1), balance: 1)
        let account = try Sample.account(1)
        return [
            Write(name: "begin", isRepeated: true) {
                try await bookkeeper.begin(after: 0, epoch: 1, as: $0)
            },
            Write(name: "discover") {
                _ = try await bookkeeper.discover([coin], checkpoint: 1, as: $0)
            },
            Write(name: "versions") {
                _ = try await bookkeeper.setVersions([(account, 7)], as: $0)
            },
            Write(name: "book") {
                _ = try await bookkeeper.book(
                    CheckpointWindow(first: next, last: next, epoch: 1, events: [event], gas: []),
                    as: $0)
            },
        ]
    }

    private static func standing(in world: EscrowWorld, _ ids: [ChargeID]) -> [Write] {
        let database = world.database
        return [
            Write(name: "known", isRepeated: true) { _ = try await database.known(as: $0) },
            Write(name: "armed") { try await database.sayArmed(as: $0) },
        ]
    }

    @Test("a leader whose turn ends while it ends sessions ends no more, and says nothing fenced")
    func sessions() async throws {
        let world = try await EngineWorld(mist: 0)
        try await world.store.run("CREATE TABLE ended (at timestamptz)")
        try await world.store.run("GRANT ALL ON ended TO PUBLIC")
        let leader = try #require(try await Leadership(direct: world.direct).take(as: "test"))
        try world.identityFile.write(.armed(KnownDatabase(identity: "another")))
        let turns = Turns()
        let engine = ChargeEngine(
            node: world.nodes, key: world.charger, contract: world.contract,
            operator: world.operatorObject, database: world.database,
            restoreGuard: RestoreGuard(
                file: world.identityFile, reconciliation: world.reconciliation
            ) { [store = world.store] transaction async throws(StorageError) in
                try await transaction.execute("INSERT INTO ended VALUES (now())")
                _ = try? await store.run("UPDATE leader_generation SET counter = counter + 1")
                return turns.next() < 3
            },
            surroundings: .live, logger: .disabled, metrics: MetricsRegistry())
        #expect(await engine.judge(as: leader) == false)
        #expect(try await world.count("ended") == 1)
        #expect(
            try world.identityFile.read() == .armed(KnownDatabase(identity: "another")))
    }
}

/// Counts from one.
private final class Turns: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
