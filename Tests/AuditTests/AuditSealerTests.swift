import Determinism
import Observability
import Storage
import TestSupport
import Testing

@testable import Audit

@Suite("sealing") struct AuditSealerTests {
    @Test("every row gets one position, in chains of signed batches, and verifies")
    func seals() async throws {
        let world = try await AuditWorld()
        try await world.write(23, batch: 5)

        let report = try await world.verify()

        #expect(report.isClean)
        #expect(report.sealedRows == 23)
        #expect(report.head?.position == 23)
        #expect(try await world.store.value("SELECT count(*) FROM audit_seals") == "5")
        #expect(try await world.sealer.sealNow() == 0)
    }

    @Test("more rows than one batch holds are sealed in one go")
    func manyRows() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
        let rows = record.insertion(
            at: world.now, selecting: "NULL::uuid, i FROM generate_series(1, 2500) AS i")
        try await world.database.execute(rows)

        #expect(try await world.sealer.sealNow() == 2500)
        let report = try await world.verify()
        #expect(report.isClean && report.sealedRows == 2500)
    }

    @Test(
        "a row committed after later ones were sealed is sealed too; ids never used do not matter")
    func outOfOrder() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
        try await world.write(2)

        try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute(record.insertion(at: world.now))
            try await world.database.transaction { other throws(StorageError) in
                try await other.execute(record.insertion(at: world.now))
                other.abandon()
            }
            try await world.database.execute(record.insertion(at: world.now))
            #expect(try await world.sealer.sealNow() == 1)
        }

        #expect(try await world.sealer.sealNow() == 1)
        #expect(
            try await world.store.value(
                "SELECT string_agg(audit_id::text, ',' ORDER BY position) FROM audit_sealed_rows")
                == "1,2,5,3")
        #expect(try await world.verify().isClean)
    }

    @Test("several sealers at once make one chain")
    func concurrent() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)

        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                let sealer = AuditWorld.sealer(world.database, world.key, world.time)
                group.addTask {
                    for _ in 0..<10 {
                        try await world.database.execute(record.insertion(at: world.now))
                        try await sealer.sealNow()
                    }
                }
            }
            try await group.waitForAll()
        }
        try await world.sealer.sealNow()

        let report = try await world.verify()
        #expect(report.isClean && report.sealedRows == 40)
    }

    @Test("a background sealer seals what is written while it runs, and ends when told")
    func background() async throws {
        let world = try await AuditWorld()
        let running = Task { await world.sealer.run() }
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
        try await world.database.execute(record.insertion(at: world.now))

        #expect(try await eventually { try await world.verify().sealedRows == 1 })

        running.cancel()
        await running.value
    }

    @Test("a database that is away is no end of sealing")
    func outage() async throws {
        let world = try await AuditWorld()
        try await world.write(1)
        world.database.close()

        await #expect(throws: StorageError.unavailable) { try await world.sealer.sealNow() }
    }

    @Test("a failure is told once a minute, and at once when it comes again after a success")
    func failureLines() async throws {
        let world = try await AuditWorld()
        let log = try CapturedLog()
        let sealer = world.newSealer(logger: log.logger)
        func count() -> Int { log.lines().count { $0.contains("was not sealed") } }
        try await world.store.run("ALTER TABLE audit_log RENAME TO away")

        for _ in 0..<3 { await sealer.attempt() }
        #expect(count() == 1)
        world.time.advance(milliseconds: 61_000)
        for _ in 0..<3 { await sealer.attempt() }
        #expect(count() == 1)
        try await world.store.run("ALTER TABLE away RENAME TO audit_log")
        await sealer.attempt()
        try await world.store.run("ALTER TABLE audit_log RENAME TO away")
        await sealer.attempt()
        #expect(count() == 1)
    }

    @Test("told to stop, it stops between two batches")
    func cancelled() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
        try await world.database.execute(
            record.insertion(
                at: world.now, selecting: "NULL::uuid, i FROM generate_series(1, 5000) AS i"))
        let stopping = Surroundings(
            now: {
                withUnsafeCurrentTask { $0?.cancel() }  // In the midst of the first batch.
                return world.now
            }, randomBytes: world.time.surroundings.randomBytes)
        let sealer = AuditSealer(
            database: world.database, key: world.key, surroundings: stopping, logger: .disabled,
            metrics: MetricsRegistry())

        #expect(try await Task { try await sealer.sealNow() }.value == 1000)
        #expect(try await world.verify().sealedRows == 1000)
    }

    @Test("a copy in another database verifies as the original")
    func copied() async throws {
        let world = try await AuditWorld()
        try await world.write(7)
        let copy = try await AuditWorld()
        for table in ["audit_log", "audit_sealed_rows", "audit_seals"] {
            let rows = try await world.store.value("SELECT json_agg(t) FROM \(table) AS t") ?? ""
            try await copy.store.run(
                """
                INSERT INTO \(table) OVERRIDING SYSTEM VALUE
                SELECT * FROM json_populate_recordset(NULL::\(table), '\(rows)')
                """)
        }
        try await copy.store.run(
            "SELECT setval('audit_log_audit_id_seq', (SELECT max(audit_id) FROM audit_log))")

        #expect(try await copy.verify() == world.verify())
        try await copy.write(3)
        #expect(try await copy.verify().isClean)
    }
}
