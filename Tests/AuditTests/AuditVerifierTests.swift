import Audit
import Determinism
import Storage
import TestSupport
import Testing

@Suite("finding what was tampered with") struct AuditVerifierTests {
    @Test(
        "an edited column of any kind is found",
        arguments: [
            "action = 'sign_in_succeeded'", "outcome = 'success'", "reason = NULL",
            "at = at + interval '1 ms'", "customer_id = 6", "session_id = NULL",
            "wallet_address = '0xabd'", "ip = '192.0.2.2'", "user_agent = ''",
            "request_id = 'r-7'", "details = '{}'",
            "ip = user_agent, user_agent = ip",
        ])
    func edited(change: String) async throws {
        let world = try await AuditWorld()
        try await world.write(12)

        try await world.tamper("UPDATE audit_log SET \(change) WHERE audit_id = 4")

        #expect(try await world.verify().findings == [.edited(auditID: 4)])
    }

    @Test("removed rows are found, the last ones too")
    func removed() async throws {
        let world = try await AuditWorld()
        try await world.write(12)

        try await world.tamper("DELETE FROM audit_log WHERE audit_id IN (3, 12)")

        #expect(
            try await world.verify().findings == [.removed(auditID: 3), .removed(auditID: 12)])
    }

    @Test("a row under another id is missed there and found here")
    func moved() async throws {
        let world = try await AuditWorld()
        try await world.write(6)

        try await world.tamper(
            """
            CREATE TEMP TABLE moved AS SELECT * FROM audit_log WHERE audit_id = 2;
            UPDATE moved SET audit_id = -1;
            DELETE FROM audit_log WHERE audit_id = 2;
            INSERT INTO audit_log OVERRIDING SYSTEM VALUE SELECT * FROM moved
            """)

        #expect(
            try await world.verify().findings == [.removed(auditID: 2), .inserted(auditID: -1)])
    }

    @Test("a row under an id that was never given is found, and never sealed")
    func insertedBetween() async throws {
        let world = try await AuditWorld()
        try await world.write(5)

        try await world.tamper(
            """
            INSERT INTO audit_log (audit_id, at, action, outcome) OVERRIDING SYSTEM VALUE
            VALUES (0, now(), 'sign_in_succeeded', 'success')
            """)
        #expect(try await world.sealer.sealNow() == 0)

        #expect(try await world.verify().findings == [.inserted(auditID: 0)])
    }

    @Test("a row put where an id was left out is found, whether a sealer took it or not")
    func insertedInGap() async throws {
        let world = try await AuditWorld()
        try await world.writeWithGap()
        try await world.pass(minutes: 10)
        try await world.write(1)

        try await world.insert(auditID: 2, recordedAt: "clock_timestamp()")
        #expect(try await world.verify().findings == [.inserted(auditID: 2)])
        #expect(try await world.sealer.sealNow() == 1)
        #expect(try await world.verify().findings == [.inserted(auditID: 2)])
    }

    @Test("a row with a false date in its place is no finding once sealed, and told aloud")
    func backdatedInGap() async throws {
        let world = try await AuditWorld()
        try await world.writeWithGap()
        try await world.pass(minutes: 10)
        try await world.write(1)

        try await world.insert(auditID: 2, recordedAt: "clock_timestamp() - interval '10 min'")
        #expect(try await world.verify().findings == [.inserted(auditID: 2)])
        try await world.sealer.sealNow()

        let report = try await world.verify()
        #expect(report.isClean)
        #expect(report.notices.map(\.kind) == ["late"])
        #expect("\(report.notices[0])".contains("row 2 SAYS THAT"))
    }

    @Test("a row that only claims a time long sealed is told")
    func backdated() async throws {
        let world = try await AuditWorld()
        try await world.write(5)
        let past = world.now
        try await world.pass(minutes: 10)
        try await world.write(1)

        let record = AuditRecord(action: .signInSucceeded, outcome: .success)
        try await world.database.execute(record.insertion(at: past))
        try await world.sealer.sealNow()

        let report = try await world.verify()
        #expect(report.isClean && report.noticeCount == 1)
        #expect(report.notices.map(\.kind) == ["misdated"])
    }

    @Test(
        "a row with a time that is none is sealed and verified as any other, and told",
        arguments: ["infinity", "-infinity", "294276-12-31", "4713-01-01 BC"])
    func oddTimes(time: String) async throws {
        let world = try await AuditWorld()
        try await world.write(1)
        try await world.insert(auditID: 0, recordedAt: "'\(time)'", at: "'\(time)'")
        try await world.tamper("UPDATE audit_log SET audit_id = DEFAULT WHERE audit_id = 0")
        #expect(try await world.sealer.sealNow() == 1)
        try await world.write(2)

        let report = try await world.verify()

        #expect(report.isClean && report.sealedRows == 4)
        #expect(report.noticeCount == (time.contains("-inf") || time.contains("BC") ? 1 : 0))
    }

    @Test("rows that nobody seals are told after a minute, and only pending before")
    func unsealed() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(action: .signInFailed, outcome: .failure)
        try await world.database.execute(record.insertion(at: world.now))

        var report = try await world.verify()
        #expect(report.isClean && report.pendingRows == 1)

        try await world.moveDatabaseClock(minutes: 2)
        report = try await world.verify()
        #expect(report.findings.map(\.kind) == ["unsealed"])
        try await world.moveDatabaseClock(minutes: -10)
        report = try await world.verify()
        #expect(report.findings.map(\.kind) == ["unsealed"], "nor may it be of the future")
    }

    @Test("an empty log is clean, and nothing is known of a head")
    func empty() async throws {
        let report = try await AuditWorld().verify()

        #expect(report.isClean && report.head == nil && report.sealedRows == 0)
    }
}
