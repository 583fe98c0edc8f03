import Audit
import Determinism
import Observability
import Storage
import TestSupport
import Testing

@Suite("rows that are sealed late, or much later than they were written") struct LateRowTests {
    private let record = AuditRecord(action: .sessionRefreshed, outcome: .success)

    @Test("a backlog of several batches is sealed without a finding or a notice")
    func backlog() async throws {
        let world = try await AuditWorld()
        try await world.write(3)
        for _ in 0..<3 {
            try await world.pass(minutes: 5)
            try await world.database.execute(
                record.insertion(
                    at: world.now, selecting: "NULL::uuid, i FROM generate_series(1, 900) AS i"))
        }
        try await world.pass(minutes: 5)

        #expect(try await world.sealer.sealNow() == 2700)

        let report = try await world.verify()
        #expect(report.isClean && report.noticeCount == 0 && report.sealedRows == 2703)
    }

    @Test("a row that comes while a backlog is sealed is not taken for a late one")
    func betweenBatches() async throws {
        let world = try await AuditWorld()
        try await world.write(1)
        try await world.pass(minutes: 5)
        // The last rows of the backlog are older than the first of its seals by minutes.
        try await world.database.execute(
            record.insertion(
                at: world.now, selecting: "NULL::uuid, i FROM generate_series(1, 2000) AS i"))
        try await world.pass(minutes: 5)
        try await world.database.execute(record.insertion(at: world.now))
        try await world.sealer.sealNow()

        let report = try await world.verify()
        #expect(report.isClean && report.noticeCount == 0 && report.sealedRows == 2002)
        #expect(
            try await world.store.value("SELECT count(DISTINCT settled_at) FROM audit_seals")
                == "2", "the seal of half of it settled nothing")
    }

    @Test("a gateway whose clock is wrong makes no finding", arguments: [-60, 60] as [Int64])
    func wrongClock(minutes: Int64) async throws {
        let world = try await AuditWorld()
        try await world.write(2)
        world.time.advance(milliseconds: minutes * 60_000)
        try await world.write(2)
        world.time.advance(milliseconds: -minutes * 60_000)
        try await world.write(2)

        let report = try await world.verify()
        #expect(report.isClean)
        #expect(report.notices.map(\.kind) == ["misdated", "misdated"])
    }

    @Test("a database whose clock jumps there and back makes no finding and no row late")
    func databaseClock() async throws {
        let world = try await AuditWorld()
        for minutes in [60, -60, -30, 30] as [Int64] {
            try await world.write(2)
            try await world.moveDatabaseClock(minutes: minutes)
        }
        try await world.write(2)

        let report = try await world.verify()
        #expect(report.isClean && !report.notices.contains { $0.kind == "late" })
    }

    @Test("a row whose commit took minutes is sealed, and told as late")
    func slowCommit() async throws {
        let world = try await AuditWorld()
        let log = try CapturedLog()
        let metrics = MetricsRegistry()
        let sealer = world.newSealer(logger: log.logger, metrics: metrics)
        try await world.write(2, sealer: sealer)

        try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute(record.insertion(at: world.now))
            do {
                try await world.write(1, sealer: sealer)
                try await world.pass(minutes: 10)
                try await world.write(1, sealer: sealer)
            } catch {
                Issue.record(error)
            }
        }

        #expect(try await sealer.sealNow() == 1)
        let report = try await world.verify()
        #expect(report.isClean && report.sealedRows == 5)
        #expect(report.notices.map(\.kind) == ["late"])
        #expect(
            log.lines().contains { $0.contains("long after") && $0.contains(#""firstAuditId":3"#) })
        #expect(metrics.text().contains("sluice_audit_late_total 1"))
    }

    @Test("whether a row is late is a part of what is signed")
    func signedLateness() async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)

        try await world.tamper("UPDATE audit_sealed_rows SET is_late = true WHERE position = 2")

        #expect(try await world.verify().findings == [.chainBroken(position: 3)])
    }

    @Test("a row that comes below more rows than one look holds is found by the looks after it")
    func farBelow() async throws {
        let world = try await AuditWorld()
        try await world.write(1)
        try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.execute(record.insertion(at: world.now))
            let many = record.insertion(
                at: world.now, selecting: "NULL::uuid, i FROM generate_series(1, 11000) AS i")
            try await world.database.execute(many)
            #expect(try await world.sealer.sealNow() == 11_000)
        }

        var looks = 0
        while try await world.sealer.sealNow() == 0, looks < 5 { looks += 1 }

        let report = try await world.verify()
        #expect(report.isClean && report.sealedRows == 11_002)
    }

    @Test("an id that the sequence never gave keeps no later row from being sealed")
    func hugeID() async throws {
        let world = try await AuditWorld()
        try await world.write(2)
        try await world.tamper(
            """
            INSERT INTO audit_log (audit_id, at, action, outcome) OVERRIDING SYSTEM VALUE
            VALUES (\(Int64.max), now(), 'sign_in_succeeded', 'success')
            """)

        try await world.write(3)
        try await world.pass(minutes: 5)
        try await world.write(3)

        let report = try await world.verify()
        #expect(report.sealedRows == 8)
        #expect(report.findings.map(\.kind) == ["unsealed"])
    }
}
