import Audit
import Determinism
import Storage
import TestSupport
import Testing

@Suite("audit records") struct AuditRecordTests {
    @Test("a record says who did what, when and from where")
    func content() async throws {
        let world = try await AuditWorld(now: Timestamp(milliseconds: 1_800_000_000_000))
        try await world.write(1)

        let row = try await world.store.run(
            """
            SELECT at, action, outcome, reason, customer_id, session_id, wallet_address, ip,
                user_agent, request_id, details FROM audit_log
            """)

        #expect(
            row == [
                [
                    "2027-01-15 08:00:00+00", "sign_in_failed", "failure", "signature_invalid",
                    "5", "01020304-0506-0708-090a-0b0c0d0e0f10", "0xabc", "192.0.2.1", "agent 0",
                    "r-0", #"{"attempt": 0}"#,
                ]
            ])
    }

    @Test("as part of a statement it is written exactly when that does something")
    func composed() async throws {
        let world = try await AuditWorld()
        try await world.store.run(
            """
            CREATE TABLE things (session_id uuid, customer_id bigint);
            INSERT INTO things VALUES (gen_random_uuid(), 1), (gen_random_uuid(), 2);
            ALTER TABLE things OWNER TO sluice
            """)
        let record = AuditRecord(action: .sessionEnded, outcome: .success)
        let audit = record.insertion(at: world.now, selecting: "session_id, customer_id FROM gone")

        for _ in 0..<2 {
            try await world.database.execute(
                """
                WITH gone AS (DELETE FROM things RETURNING *), audited AS (\(sql: audit))
                SELECT FROM gone
                """)
        }

        #expect(
            try await world.store.value(
                "SELECT string_agg(customer_id::text, ',' ORDER BY customer_id) FROM audit_log")
                == "1,2")
    }

    @Test("whatever a client sends, the record is written")
    func hostileText() async throws {
        let world = try await AuditWorld()
        let record = AuditRecord(
            action: .signInFailed, outcome: .failure,
            userAgent: "a\0b'; DROP TABLE audit_log; --" + String(repeating: "x", count: 100_000))

        try await world.database.execute(record.insertion(at: world.now))

        let kept = try #require(try await world.store.value("SELECT user_agent FROM audit_log"))
        #expect(kept.hasPrefix("ab'; DROP TABLE") && kept.count < 600)
    }

    @Test(
        "rows are only ever added",
        arguments: [
            ("UPDATE audit_log SET reason = 'x'" as SQL, "audit_log"),
            ("UPDATE audit_log SET reason = 'x' WHERE false", "audit_log"),
            ("DELETE FROM audit_log", "audit_log"), ("TRUNCATE audit_log", "audit_log"),
            ("UPDATE audit_sealed_rows SET audit_id = 9", "audit_sealed_rows"),
            ("DELETE FROM audit_sealed_rows", "audit_sealed_rows"),
            ("TRUNCATE audit_sealed_rows", "audit_sealed_rows"),
            ("UPDATE audit_seals SET head = signature", "audit_seals"),
            ("DELETE FROM audit_seals", "audit_seals"), ("TRUNCATE audit_seals", "audit_seals"),
        ])
    func appendOnly(statement: SQL, table: String) async throws {
        let world = try await AuditWorld()
        try await world.write(1)

        await #expect(
            throws: StorageError.constraintViolated(name: "\(table)_append_only", kind: .restrict)
        ) { try await world.database.execute(statement) }

        #expect(try await world.verify().isClean)
    }

    @Test("also for a session that plays a replica")
    func replicaRole() async throws {
        let world = try await AuditWorld()
        try await world.write(1)

        await #expect(throws: TestFailure.self) {
            try await world.store.run(
                "SET session_replication_role = replica; DELETE FROM audit_log")
        }
    }
}
