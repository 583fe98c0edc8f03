import Audit
import Cryptography
import Determinism
import Glibc
import Observability
import Storage
import TestSupport
import Testing

@Suite("a sealer builds only on what was sealed") struct RefusedSealingTests {
    /// Writes a row that waits, and expects that it goes on waiting.
    private func expectRefusal(
        _ sealer: AuditSealer, in world: AuditWorld,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await world.database.execute(
            AuditRecord(action: .signInFailed, outcome: .failure).insertion(at: world.now))
        let before = try await world.store.value("SELECT count(*) FROM audit_seals")
        for _ in 0..<2 {
            #expect(try await sealer.sealNow() == 0, sourceLocation: sourceLocation)
            #expect(sealer.isRefusing, sourceLocation: sourceLocation)
        }
        #expect(
            try await world.store.value("SELECT count(*) FROM audit_seals") == before,
            sourceLocation: sourceLocation)
    }

    @Test("seals that were cut off are not made again; log, metric and state say so")
    func cutBack() async throws {
        let world = try await AuditWorld()
        let log = try CapturedLog()
        let metrics = MetricsRegistry()
        let sealer = world.newSealer(logger: log.logger, metrics: metrics)
        try await world.write(9, batch: 3, sealer: sealer)
        let newest = try #require(try await world.verify().head)
        #expect(!sealer.isRefusing && metrics.text().contains("sluice_audit_refused 0"))
        try await world.cutBack(to: 6)
        let left = try #require(try await world.verify().head)
        _ = log.lines()

        try await expectRefusal(sealer, in: world)

        #expect(metrics.text().contains("sluice_audit_refused 1"))
        let errors = log.lines().filter { $0.contains(#""level":"error""#) }
        #expect(errors.count == 1, "once a minute at most")
        #expect(errors.first?.contains(#""expectedHead":"\#(newest)""#) == true)
        #expect(errors.first?.contains(#""foundHead":"\#(left)""#) == true)
        world.time.advance(milliseconds: 61_000)
        try await expectRefusal(sealer, in: world)
        #expect(log.lines().count { $0.contains(#""level":"error""#) } == 1)
    }

    @Test("it goes on once what was taken is back")
    func restored() async throws {
        let world = try await AuditWorld()
        let metrics = MetricsRegistry()
        let sealer = world.newSealer(metrics: metrics)
        try await world.write(6, batch: 3, sealer: sealer)
        try await world.store.run(
            """
            CREATE TABLE kept_rows AS TABLE audit_sealed_rows;
            CREATE TABLE kept_seals AS TABLE audit_seals
            """)
        try await world.tamper(
            """
            DELETE FROM audit_sealed_rows WHERE position > 3;
            DELETE FROM audit_seals WHERE position > 3
            """)
        try await expectRefusal(sealer, in: world)

        try await world.store.run(
            """
            INSERT INTO audit_sealed_rows SELECT * FROM kept_rows WHERE position > 3;
            INSERT INTO audit_seals SELECT * FROM kept_seals WHERE position > 3
            """)

        #expect(try await sealer.sealNow() == 1)
        #expect(!sealer.isRefusing && metrics.text().contains("sluice_audit_refused 0"))
        #expect(try await world.verify().isClean)
    }

    @Test("a restart does not forget what was sealed, as long as the file is there")
    func restart() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        try await world.write(9, batch: 3, sealer: world.newSealer(files.file))
        try await world.cutBack(to: 6)

        try await expectRefusal(world.newSealer(files.file), in: world)

        unlink(files.file.path)  // The operator accepts the loss.
        #expect(try await world.newSealer(files.file).sealNow() == 4)
    }

    @Test("nor does a second gateway of the host build on less than the first had sealed")
    func sharedFile() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        let idle = world.newSealer(files.file)
        try await world.write(3, sealer: idle)
        try await world.write(3, sealer: world.newSealer(files.file))
        try await world.cutBack(to: 3)

        try await expectRefusal(idle, in: world)
    }

    @Test("everything removed is no new beginning")
    func allRemoved() async throws {
        let world = try await AuditWorld()
        try await world.write(3)

        try await world.cutBack(to: 0)

        try await expectRefusal(world.sealer, in: world)
    }

    @Test(
        "a forged newest seal stops nothing silently and ends no process",
        arguments: [
            "position = 4, first_position = 4", "highest_audit_id = \(Int64.max)",
            "position = \(Int64.max), first_position = 1", "settled_at = '2100-01-01'",
            "sealed_at = 'infinity'", "settled_at = 'infinity'", "first_position = 1",
            "public_key = sha256('x')", "signature = decode(repeat('00', 64), 'hex')",
            "head = sha256('x')",
        ])
    func forgedSeal(change: String) async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)
        try await world.tamper("UPDATE audit_seals SET \(change) WHERE position = 6")

        try await expectRefusal(world.sealer, in: world)
        try await expectRefusal(world.newSealer(), in: world)
    }

    @Test(
        "nor does a seal or a place added behind the newest, or a place taken",
        arguments: [
            """
            INSERT INTO audit_seals SELECT \(Int64.max), 1, \(Int64.max), head, sealed_at,
                settled_at, public_key, signature FROM audit_seals
            """,
            "INSERT INTO audit_sealed_rows VALUES (4, 4, sha256('x'), false)",
            "INSERT INTO audit_sealed_rows VALUES (\(Int64.max), 4, sha256('x'), false)",
            "DELETE FROM audit_sealed_rows WHERE position = 3",
            "ALTER TABLE audit_sealed_rows ALTER position TYPE numeric",
            "ALTER TABLE audit_seals ALTER sealed_at TYPE text",
        ])
    func added(change: String) async throws {
        let world = try await AuditWorld()
        try await world.write(3)
        try await world.tamper(change)
        // What connections prepared before may not fit any more; each forgets that when it fails.
        for _ in 0..<20 { _ = try? await world.sealer.sealNow() }

        try await expectRefusal(world.sealer, in: world)
        try await expectRefusal(world.newSealer(), in: world)
    }

    @Test(
        "a place of a row that waits, made up below the others, is reported and not tried for ever")
    func placeTaken() async throws {
        let world = try await AuditWorld()
        try await world.write(3)
        try await world.tamper(
            """
            ALTER TABLE audit_sealed_rows DROP CONSTRAINT audit_sealed_rows_position_positive;
            INSERT INTO audit_sealed_rows VALUES (-1, 4, sha256('x'), false)
            """)

        try await expectRefusal(world.sealer, in: world)
    }

    @Test("a sealer that was behind goes forward along a chain that holds its head")
    func behind() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        let behind = world.newSealer(files.file)
        try await world.write(3, sealer: behind)
        try await world.write(7, batch: 2, sealer: world.newSealer())

        #expect(try await behind.sealNow() == 0)
        #expect(!behind.isRefusing)
        #expect(try files.file.head() == (try await world.verify().head))
        try await world.write(2, sealer: behind)
        #expect(try await world.verify().sealedRows == 12)
    }

    @Test("but not along another chain, though our key signed every seal of it")
    func otherChain() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        let remembering = world.newSealer(files.file)
        try await world.write(6, batch: 3, sealer: remembering)
        try await world.cutBack(to: 3)
        // A gateway of another host that was started just now and has never seen the rest.
        try await world.write(4, sealer: world.newSealer())
        #expect(try await world.verify().isClean)

        try await expectRefusal(remembering, in: world)
        try await expectRefusal(world.newSealer(files.file), in: world)
    }

    @Test("a sealer without the key that sealed last seals nothing, unless it remembers that key")
    func otherKey() async throws {
        let world = try await AuditWorld()
        let files = try HeadFiles()
        let next = try AuditWorld.key(9)
        try await world.write(3, sealer: world.newSealer(files.file))

        try await expectRefusal(world.newSealer(key: next), in: world)
        #expect(try await world.newSealer(files.file, key: next).sealNow() == 1)
        #expect(try await world.verify(keys: [world.key.publicKey, next.publicKey]).isClean)
    }
}
