import Determinism
import Observability
import Services
import Storage
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultEdgeStandingTests {
    @Test("an edge has what the snapshot of its version sees, and nothing later")
    func standings() async throws {
        let store = try await TestCluster.shared().makeDatabase(migrated: true)
        let database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        func mark() async throws -> TransactionMark {
            let text = try await store.value("SELECT pg_current_xact_id()::text") ?? ""
            return try #require(TransactionMark(text))
        }
        func applied(_ mark: TransactionMark) async throws -> [String] {
            try await database.edgeStandings(having: mark).filter(\.hasApplied).map(\.edge)
        }
        let first = try await mark()
        try await store.run(
            """
            INSERT INTO vault_versions (version, made_at, as_of, snapshot, base, since, is_whole,
                key_count, map_digest, table_digest, changes_digest, rates)
            VALUES (1, now(), now(), pg_current_snapshot(), 1, 1, true, 0, '', '', '', '');
            INSERT INTO vault_edges (edge, version, standing, reported_at)
            VALUES ('b', 1, 'applied', now()), ('a', 0, 'applying', now()),
                ('c', 3, 'applied', now())
            """)
        let second = try await mark()
        #expect(try await database.edgeStandings(having: first).map(\.edge) == ["a", "b", "c"])
        #expect(try await applied(first) == ["b", "c"])
        #expect(try await applied(second).isEmpty)
        try await store.run(
            "UPDATE vault_versions SET snapshot = pg_current_snapshot() WHERE version = 1")
        #expect(try await applied(second) == ["b", "c"])
    }

    @Test("an edge is late when it lacks what was published long ago, or is silent, and not before")
    func late() async throws {
        let store = try await TestCluster.shared().makeDatabase(migrated: true)
        let database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        func late(_ seconds: Int64) async throws -> [String] {
            try await database.lateVaultEdges(
                since: now.adding(seconds: seconds), silentMilliseconds: 60_000
            ).map(\.edge)
        }
        for (edge, version) in [("has it", 8), ("refuses", 7)] as [(String, Int64)] {
            let report = VaultEdgeReport(
                edge: edge, version: version, appliedAt: nil, standing: .refused("vault_expired"))
            try await database.storeEdge(report)
        }
        #expect(try await late(0).isEmpty, "nothing was published")
        try await store.run(
            """
            INSERT INTO vault_versions (version, made_at, as_of, snapshot, base, since, is_whole,
                key_count, map_digest, table_digest, changes_digest, rates, published_at)
            SELECT v, now(), now(), pg_current_snapshot(), v, v, true, 0, '', '', '', '',
                to_timestamp(1800000000 - 100 + 60 * (v - 8)) FROM generate_series(7, 9) AS v
            """)
        #expect(try await late(-100).isEmpty, "only since then is it due")
        #expect(try await late(-60) == ["refuses"])
        #expect(try await late(-39) == ["has it", "refuses"])
        try await store.run("UPDATE vault_edges SET version = 9")
        #expect(try await late(1).isEmpty, "whatever the clock here says")
        try await store.run(
            """
            UPDATE vault_edges SET reported_at = reported_at - interval '61 seconds'
             WHERE edge = 'has it'
            """)
        #expect(try await late(0) == ["has it"], "silent")
    }

    @Test("an edge is forgotten when it has been silent, and is there again when it reports")
    func forgotten() async throws {
        let store = try await TestCluster.shared().makeDatabase(migrated: true)
        let database = try Database(
            DatabaseConfiguration(url: store.url, poolSize: 1, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        let report = VaultEdgeReport(
            edge: "a", version: 7, appliedAt: nil, standing: .failed("haproxy_gone"))
        try await database.storeEdge(report)
        func forget(_ edge: String) async throws -> VaultEdgeRow? {
            try await database.transaction { transaction throws(StorageError) in
                try await transaction.forgetVaultEdge(edge, silentMilliseconds: 60_000)
            }
        }
        #expect(try await forget("a") == nil)
        #expect(try await forget("b") == nil)
        #expect(try await database.vaultEdges().map(\.edge) == ["a"])
        try await store.run(
            "UPDATE vault_edges SET reported_at = reported_at - interval '61 seconds'")
        let gone = try await forget("a")
        #expect(gone?.version == 7 && gone?.error == "haproxy_gone")
        #expect(try await database.vaultEdges().isEmpty)
        try await database.storeEdge(report)
        #expect(try await database.vaultEdges().map(\.edge) == ["a"])
    }
}
