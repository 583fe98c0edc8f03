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
        try await world.write(5)
        world.time.advance(milliseconds: 200_000)
        try await world.write(1)

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

    @Test("a row put in between afterwards is found, and never sealed")
    func insertedBetween() async throws {
        let world = try await AuditWorld()
        try await world.write(5)
        world.time.advance(milliseconds: 200_000)
        try await world.write(1)

        try await world.tamper(
            """
            INSERT INTO audit_log (audit_id, at, action, outcome) OVERRIDING SYSTEM VALUE
            VALUES (0, '\(world.now.rfc3339)', 'sign_in_succeeded', 'success')
            """)
        #expect(try await world.sealer.sealNow() == 0)

        #expect(try await world.verify().findings == [.inserted(auditID: 0)])
    }

    @Test("a row that claims a time long sealed is found, whether a sealer took it or not")
    func backdated() async throws {
        let world = try await AuditWorld()
        try await world.write(5)
        let past = world.now
        world.time.advance(milliseconds: 200_000)
        try await world.write(1)

        let record = AuditRecord(action: .signInSucceeded, outcome: .success)
        try await world.database.execute(record.insertion(at: past))

        #expect(try await world.verify().findings == [.inserted(auditID: 7)])
        try await world.sealer.sealNow()
        #expect(try await world.verify().findings == [.inserted(auditID: 7)])
    }

    @Test("a row that is given a place in the sealed order does not fit the signed chain")
    func insertedWithPosition() async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)

        try await world.tamper(
            """
            INSERT INTO audit_log (at, action, outcome) VALUES (now(), 'sign_in_failed', 'failure');
            UPDATE audit_sealed_rows SET position = position + 100 WHERE position >= 3;
            INSERT INTO audit_sealed_rows VALUES (3, 7, sha256('x'));
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
        #expect(try await world.verify(upTo: exported).isClean)

        try await world.tamper(
            """
            DELETE FROM audit_log WHERE audit_id > 6;
            DELETE FROM audit_sealed_rows WHERE position > 6;
            DELETE FROM audit_seals WHERE position > 6
            """)

        #expect(try await world.verify().isClean)
        #expect(try await world.verify(upTo: exported).findings == [.cutOff(position: 6)])

        try await world.write(3, batch: 3)
        #expect(try await world.verify().isClean)
        #expect(try await world.verify(upTo: exported).findings == [.otherHead(position: 9)])
    }

    @Test("an older head still fits a chain that has grown since")
    func olderHead() async throws {
        let world = try await AuditWorld()
        try await world.write(4)
        let exported = try #require(try await world.verify().head)
        try await world.write(4)

        let text = exported.description
        let head = try #require(AuditHead(text))
        #expect(try await world.verify(upTo: head).isClean)
    }

    @Test("rows that nobody seals are told after a minute, and only pending before")
    func unsealed() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(action: .signInFailed, outcome: .failure)
        let at = world.now
        try await world.database.execute(record.insertion(at: at))

        var report = try await world.verify()
        #expect(report.isClean && report.pendingRows == 1)

        world.time.advance(milliseconds: 61_000)
        report = try await world.verify()
        #expect(report.findings == [.unsealed(auditID: 1, at: at)])
    }

    @Test("after the key was changed, both keys' seals verify, and neither alone is enough")
    func changedKey() async throws {
        let world = try await AuditWorld()
        try await world.write(2)
        let next = try AuditWorld.key(9)
        let record = AuditRecord(action: .signInFailed, outcome: .failure)
        try await world.database.execute(record.insertion(at: world.now))
        try await AuditWorld.sealer(world.database, next, world.time).sealNow()

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

private let zeros = String(repeating: "0", count: 64)

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
