import Audit
import Cryptography
import Determinism
import Storage
import TestSupport
import Testing

@Suite("finding seals and chains that were tampered with") struct AuditVerifierSealTests {
    @Test(
        "a seal with a time that is none is a finding",
        arguments: ["sealed_at = 'infinity'", "settled_at = '-infinity'", "settled_at = NULL"])
    func oddSeal(change: String) async throws {
        let world = try await AuditWorld()
        try await world.write(6, batch: 3)

        try await world.tamper("UPDATE audit_seals SET \(change) WHERE position = 6")

        #expect(try await world.verify().findings == [.badSignature(position: 6)])
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
