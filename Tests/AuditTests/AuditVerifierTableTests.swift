import Audit
import Determinism
import Storage
import TestSupport
import Testing

@Suite("finding tables that were tampered with") struct AuditVerifierTableTests {
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
}
