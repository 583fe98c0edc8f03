import Glibc
import Observability
import TestSupport
import Testing

@testable import Escrow

@Suite struct StandbyMemoryTests {
    private let world: EscrowWorld
    private let file: IdentityFile
    private let memory: StandbyMemory

    init() async throws {
        world = try await EscrowWorld()
        file = IdentityFile(path: "/tmp/sluice-standby-\(getpid())-\(world.store.name)")
        memory = StandbyMemory(
            file: file, database: world.database, logger: .disabled, metrics: MetricsRegistry())
    }

    private func withFile(_ body: () async throws -> Void) async throws {
        defer { unlink(file.path) }
        try await body()
    }

    /// Time goes on while tests wait for each other.
    private func refreshed() async throws {
        #expect(try await Leadership(direct: world.direct).renew(world.leader))
        await memory.refresh()
    }

    private var known: KnownDatabase {
        get async throws { try await world.database.known(as: world.leader) }
    }

    @Test("who waits learns what an armed leader knows, and what it learns later")
    func learns() async throws {
        try await withFile {
            try await world.database.sayArmed(as: world.leader)
            try await refreshed()
            #expect(try await file.read() == .armed(known))
            try await world.book(1)
            try await refreshed()
            #expect(try await file.read() == .armed(known))
            #expect(try await known.checkpoint == 1)
        }
    }

    @Test("nothing is learned from a leader that is not armed, not even what it was before")
    func unarmed() async throws {
        try await withFile {
            await memory.refresh()
            #expect(try file.read() == nil)
            try await world.database.sayArmed(as: world.leader)
            _ = try #require(try await Leadership(direct: world.direct).take(as: "next"))
            await memory.refresh()
            #expect(try file.read() == nil)
        }
    }

    @Test(
        "nothing is learned from a leader that is dead, or led on a server that has stopped since",
        arguments: ["renewed_at = now() - interval '1 minute'", "server_started_at = 'epoch'"])
    func dead(change: String) async throws {
        try await withFile {
            try await world.database.sayArmed(as: world.leader)
            try await world.store.run("UPDATE leader_generation SET \(change)")
            await memory.refresh()
            #expect(try file.read() == nil)
        }
    }

    @Test("a file that is ahead of the database stays as it is")
    func ahead() async throws {
        try await withFile {
            try await world.database.sayArmed(as: world.leader)
            let further = KnownDatabase(
                identity: world.leader.identity, generation: 1, checkpoint: 900)
            try file.write(.armed(further))
            await memory.refresh()
            #expect(try file.read() == .armed(further))
        }
    }
}
