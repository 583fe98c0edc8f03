import Audit
import Cryptography
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

    @Test(
        "a seal with a time that is none is a finding",
        arguments: ["sealed_at = 'infinity'", "settled_at = '-infinity'", "settled_at = NULL"])
    func oddSeal(change: String) async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)

        try await world.tamper("UPDATE audit_seals SET \(change) WHERE position = 6")

        #expect(try await world.verify().findings == [.badSignature(position: 6)])
    }

    @Test(
        "a value that the tables could not hold when they were made is a finding",
        arguments: [
            ("audit_log", "at"), ("audit_seals", "head"), ("audit_sealed_rows", "position"),
        ])
    func changedTables(table: String, column: String) async throws {
        let world = try await AuditWorld()
        try await world.write(3)

        try await world.store.run(
            """
            ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_head_length;
            ALTER TABLE audit_sealed_rows DROP CONSTRAINT audit_sealed_rows_position_positive;
            ALTER TABLE \(table) ALTER \(column) TYPE text
            """)
        _ = try? await world.verify()  // What was prepared before does not fit any more.

        let findings = try await world.verify().findings
        #expect(findings.contains { $0.kind == "unreadable" }, "\(findings)")
    }

    @Test("a place below the first, with which a row would pass for sealed, is found")
    func placeBelowFirst() async throws {
        let world = try await AuditWorld()
        try await world.write(3)
        try await world.insert(auditID: -5, recordedAt: "clock_timestamp()")

        try await world.tamper(
            """
            ALTER TABLE audit_sealed_rows DROP CONSTRAINT audit_sealed_rows_position_positive;
            INSERT INTO audit_sealed_rows VALUES (\(Int64.min), -5, sha256('x'), false)
            """)

        #expect(!(try await world.verify().isClean))
    }

    @Test("a second row under one id or place is found by the key that had to go")
    func droppedKey() async throws {
        let world = try await AuditWorld()
        try await world.write(3)

        try await world.tamper(
            """
            ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey;
            ALTER TABLE audit_sealed_rows DROP CONSTRAINT audit_sealed_rows_pkey;
            CREATE UNIQUE INDEX audit_log_pkey ON audit_log (audit_id) WHERE audit_id < 2
            """)

        #expect(
            try await world.verify().findings == [
                .unguarded(column: "audit_log.audit_id"),
                .unguarded(column: "audit_sealed_rows.position"),
            ])
    }

    @Test("the largest numbers that the columns hold are findings and end nothing")
    func largestNumbers() async throws {
        let world = try await AuditWorld()
        try await world.write(3)
        try await world.insert(auditID: Int64.max, recordedAt: "'2020-01-01'")

        try await world.tamper(
            """
            INSERT INTO audit_sealed_rows VALUES (\(Int64.max), 99, sha256('x'), true);
            INSERT INTO audit_seals SELECT \(Int64.max), first_position, \(Int64.max), head,
                sealed_at, settled_at, public_key, signature FROM audit_seals
            """)

        let findings = try await world.verify().findings
        #expect(findings.contains(.removed(auditID: 99)))
        #expect(findings.contains(.badSignature(position: .max)))
        #expect(findings.contains { $0.kind == "unsealed" })
    }

    @Test("a row that is given a place in the sealed order does not fit the signed chain")
    func insertedWithPosition() async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)

        try await world.tamper(
            """
            INSERT INTO audit_log (at, action, outcome) VALUES (now(), 'sign_in_failed', 'failure');
            UPDATE audit_sealed_rows SET position = position + 100 WHERE position >= 3;
            INSERT INTO audit_sealed_rows VALUES (3, 7, sha256('x'), false);
            UPDATE audit_sealed_rows SET position = position - 99 WHERE position >= 100;
            UPDATE audit_seals SET position = position + 1 WHERE position = 6
            """)

        let findings = try await world.verify().findings
        #expect(findings.contains(.edited(auditID: 7)))
        #expect(findings.contains(.chainBroken(position: 3)))
        #expect(findings.contains(.badSignature(position: 7)))
    }

    @Test("changing a row and its stored hash alike breaks the chain")
    func rehashed() async throws {
        let world = try await AuditWorld()
        try await world.write(9, batch: 3)

        try await world.tamper(
            "UPDATE audit_sealed_rows SET row_hash = sha256('x') WHERE position = 5")

        #expect(
            try await world.verify().findings
                == [.edited(auditID: 5), .chainBroken(position: 6)])
    }

    @Test("a chain written anew without the key is found at every seal")
    func rewrittenChain() async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)
        let forger = AuditWorld.sealer(world.database, try AuditWorld.key(8), world.time)

        try await world.tamper(
            "DELETE FROM audit_log WHERE audit_id = 2; DELETE FROM audit_sealed_rows; DELETE FROM audit_seals"
        )
        try await forger.sealNow()

        #expect(try await world.verify().findings == [.badSignature(position: 5)])
        try await world.tamper(
            "UPDATE audit_seals SET public_key = decode('\(hex(world.key.publicKey))', 'hex')")
        #expect(try await world.verify().findings == [.badSignature(position: 5)])
    }

    @Test(
        "a seal whose words were changed is not signed any more",
        arguments: [
            "sealed_at = sealed_at - interval '1 day'", "highest_audit_id = 900",
            "first_position = 2", "signature = decode(repeat('00', 64), 'hex')",
        ])
    func editedSeal(change: String) async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)

        try await world.tamper("UPDATE audit_seals SET \(change) WHERE position = 3")

        #expect(try await world.verify().findings.contains(.badSignature(position: 3)))
    }

    @Test("seals taken out, at the end or in between, are missed")
    func removedSeals() async throws {
        let world = try await AuditWorld()
        try await world.write(9, batch: 3)
        try await world.tamper("DELETE FROM audit_seals WHERE position = 6")
        #expect(try await world.verify().findings == [.chainBroken(position: 9)])

        try await world.tamper("DELETE FROM audit_seals WHERE position = 9")
        #expect(try await world.verify().findings == [.chainBroken(position: 4)])
    }

    @Test("the newest seals cut off with their rows show only against a head kept elsewhere")
    func cutOff() async throws {
        let world = try await AuditWorld()
        try await world.write(9, batch: 3)
        let exported = try #require(try await world.verify().head)
        #expect(try await world.verify(through: [exported]).isClean)

        try await world.tamper(
            """
            DELETE FROM audit_log WHERE audit_id > 6;
            DELETE FROM audit_sealed_rows WHERE position > 6;
            DELETE FROM audit_seals WHERE position > 6
            """)

        #expect(try await world.verify().isClean)
        #expect(try await world.verify(through: [exported]).findings == [.cutOff(position: 6)])

        try await world.write(3, batch: 3, sealer: world.newSealer())
        #expect(try await world.verify().isClean)
        #expect(try await world.verify(through: [exported]).findings == [.otherHead(position: 9)])
    }

    @Test("an older head still fits a chain that has grown since")
    func olderHead() async throws {
        let world = try await AuditWorld()
        try await world.write(4)
        let exported = try #require(try await world.verify().head)
        try await world.write(4)

        let text = exported.description
        let head = try #require(AuditHead(text))
        #expect(try await world.verify(through: [head]).isClean)
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

    @Test("after the key was changed, both keys' seals verify, and neither alone is enough")
    func changedKey() async throws {
        let world = try await AuditWorld()
        try await world.write(2)
        let next = try AuditWorld.key(9)
        let files = try HeadFiles()
        try await world.newSealer(files.file).sealNow()
        try await world.write(1, sealer: world.newSealer(files.file, key: next))

        let both = [world.key.publicKey, next.publicKey]
        #expect(try await world.verify(keys: both).isClean)
        #expect(try await world.verify().findings == [.badSignature(position: 3)])
        #expect(
            try await world.verify(keys: [next.publicKey]).findings == [.badSignature(position: 2)])
    }

    @Test("an empty log is clean, and nothing is known of a head")
    func empty() async throws {
        let report = try await AuditWorld().verify()

        #expect(report.isClean && report.head == nil && report.sealedRows == 0)
    }

    @Test(
        "a head is one spelling: position, colon, 64 hex digits",
        arguments: [
            "", "1", "1:", ":" + String(repeating: "0", count: 64), "0:" + zeros, "-1:" + zeros,
            "1:" + zeros + "0", "1:" + zeros.dropLast(), "x:" + zeros, "1:" + zeros + ":",
            "1:g" + zeros.dropFirst(),
        ])
    func headText(text: String) {
        #expect(AuditHead(text) == nil)
    }
}

extension AuditWorld {
    /// Rows 1 and 3; the transaction of 2 was rolled back.
    fileprivate func writeWithGap() async throws {
        try await write(1)
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
        try await database.transaction { transaction throws(StorageError) in
            try await transaction.execute(record.insertion(at: now))
            transaction.abandon()
        }
        try await write(1)
    }

    /// - Parameters:
    ///   - recordedAt: SQL.
    ///   - at: SQL.
    fileprivate func insert(
        auditID: Int64, recordedAt: String, at: String = "now()"
    ) async throws {
        try await tamper(
            """
            INSERT INTO audit_log (audit_id, recorded_at, at, action, outcome)
            OVERRIDING SYSTEM VALUE
            VALUES (\(auditID), \(recordedAt), \(at), 'sign_in_succeeded', 'success')
            """)
    }
}

private let zeros = String(repeating: "0", count: 64)

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
