import Observability
import Storage
import TestSupport
import Testing

@Suite("the role of intakes") struct IntakeRoleTests {
    private func makeDatabase() async throws -> TestDatabase {
        try await TestCluster.shared().makeDatabase(migrated: true)
    }

    private static let rights = [
        "api_keys: SELECT(api_key_id,customer_id,key_hash,last_used_at) UPDATE(last_used_at)",
        "haproxy_logs: INSERT SELECT(at,edge,line_id)",
        "log_batches: INSERT",
        "log_batches_batch_id_seq: USAGE",
        "log_gaps: DELETE INSERT SELECT "
            + "UPDATE(first_at,first_number,found_at,is_closed,last_at,last_number,lost)",
        "log_quarantine: INSERT",
        "log_windows: INSERT SELECT "
            + "UPDATE(closed_at,first_number,last_line_at,last_number,last_received_at,received,total)",
        "vault_edges: INSERT SELECT UPDATE(applied_at,error,reported_at,standing,version)",
    ]

    @Test("has what an intake uses, and no right in any other table, sequence or view")
    func exactly() async throws {
        let database = try await makeDatabase()

        let found = try await database.run(
            """
            WITH given AS (
                SELECT relname AS name, NULL AS at, (aclexplode(relacl)).* FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace
                UNION ALL
                SELECT relname, attname, (aclexplode(attacl)).* FROM pg_attribute
                  JOIN pg_class ON pg_class.oid = attrelid
                 WHERE relnamespace = 'public'::regnamespace),
            named AS (
                SELECT name, privilege_type || coalesce(
                        '(' || string_agg(at, ',' ORDER BY at COLLATE "C") || ')', '') AS right
                  FROM given
                 WHERE grantee = 0 OR grantee = 'sluice_intake'::regrole
                    OR grantee = 'edge_1'::regrole
                 GROUP BY name, privilege_type, at IS NULL)
            SELECT name || ': ' || string_agg("right", ' ' ORDER BY "right" COLLATE "C")
              FROM named GROUP BY name ORDER BY name
            """)

        #expect(found.map { $0[0] } == Self.rights)
        #expect(
            try await database.run("SELECT proname FROM pg_proc WHERE prosecdef").map { $0[0] }
                == ["haproxy_logs_make_days"])
    }

    private static let refused = [
        "SELECT count(*) FROM customers", "SELECT count(*) FROM sessions",
        "SELECT count(*) FROM refresh_tokens", "SELECT count(*) FROM signing_keys",
        "SELECT count(*) FROM service_keys", "SELECT count(*) FROM charges",
        "SELECT count(*) FROM ledger_entries", "SELECT count(*) FROM escrow_accounts",
        "SELECT count(*) FROM billing_records", "SELECT count(*) FROM usage_records",
        "SELECT count(*) FROM audit_log", "SELECT count(*) FROM vault_versions",
        "SELECT sealed_key FROM api_keys", "SELECT vault_key FROM api_keys",
        "SELECT * FROM api_keys", "SELECT customer_id FROM haproxy_logs",
        "SELECT * FROM haproxy_logs_20261121", "SELECT raw FROM log_quarantine",
        "UPDATE api_keys SET state = 'active'", "DELETE FROM api_keys",
        "UPDATE haproxy_logs SET status = 200", "DELETE FROM haproxy_logs",
        "TRUNCATE haproxy_logs", "DROP TABLE haproxy_logs",
        "INSERT INTO haproxy_logs_20261121 SELECT now(), 'e', gen_random_uuid()",
        "UPDATE log_batches SET metered_at = now()", "DELETE FROM log_batches",
        "DELETE FROM log_quarantine", "UPDATE log_quarantine SET replayed_at = now()",
        "DELETE FROM log_windows", "DELETE FROM vault_edges",
        "INSERT INTO audit_log (action) VALUES ('x')", "INSERT INTO usage_records DEFAULT VALUES",
        "INSERT INTO customers DEFAULT VALUES", "INSERT INTO vault_changes DEFAULT VALUES",
        "INSERT INTO ingested_events VALUES ('k', 'e', now())",
        "CREATE TABLE own (i int)", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER FUNCTION haproxy_logs_make_days(date, date) RESET ALL", "SET ROLE sluice",
    ]

    @Test("cannot read whom it serves, nor change or take away what is stored")
    func refusals() async throws {
        let database = try await makeDatabase()
        try await database.run("SELECT haproxy_logs_make_days('2026-11-21', '2026-11-21')")

        for statement in Self.refused {
            let failure = await #expect(throws: TestFailure.self, "\(statement)") {
                try await database.run(statement, at: database.intakeURL)
            }
            let told = "\(try #require(failure))"
            #expect(
                told.contains("permission denied") || told.contains("must be owner"),
                "\(statement): \(told)")
        }
    }

    @Test("makes days of the real table, also with one of its own by that name, and none far off")
    func days() async throws {
        let database = try await makeDatabase()
        try await database.run(
            """
            CREATE TEMPORARY TABLE haproxy_logs (at timestamptz) PARTITION BY RANGE (at);
            SELECT haproxy_logs_make_days(current_date - 35, current_date + 2)
            """, at: database.intakeURL)
        #expect(try await days(of: database) == "38", "what an intake asks for")

        let far = [
            "'0045-02-29 BC', '0045-02-29 BC'", "'3000-01-01', '3000-01-01'",
            "current_date - 61, current_date", "current_date, current_date + 61",
            "'-infinity', 'infinity'", "current_date, 'infinity'", "NULL, current_date",
        ]
        for span in far {
            await #expect(throws: TestFailure.self, "\(span)") {
                try await database.run(
                    "SELECT haproxy_logs_make_days(\(span))", at: database.intakeURL)
            }
        }
        #expect(try await days(of: database) == "38")
        try await database.run(
            "SELECT haproxy_logs_make_days('2051-01-01', '2051-01-02')", at: database.url)
        #expect(try await days(of: database) == "40", "its owner goes on")
    }

    private func days(of database: TestDatabase) async throws -> String? {
        try await database.value(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'public.haproxy_logs'::regclass")
    }

    @Test("is granted again what it lost")
    func again() async throws {
        let database = try await makeDatabase()
        try await database.run("REVOKE ALL ON log_batches FROM sluice_intake")
        let migrator = try SchemaMigrator(url: database.url, logger: .disabled)

        #expect(try await migrator.grantToIntake())
        #expect(try await migrator.grantToIntake())
        #expect(
            try await database.value(
                "SELECT has_table_privilege('edge_1', 'log_batches', 'INSERT')") == "t")
    }
}
