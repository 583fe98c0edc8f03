import TestSupport

/// What a backup of the database would hold of charges and accounts, kept beside it and put back.
///
/// Who leads is not part of it: a copy is put back under the same leader.
struct TableCopies {
    /// Those that refer to others after these.
    private static let tables = [
        "escrow_accounts", "escrow_transactions", "charges", "gas_coins", "charge_batches",
        "gas_claims", "charge_attempts", "charge_failures", "signed_amounts", "ledger_entries",
        "escrow_breaks", "idempotency_keys", "processing_state",
    ]

    private let store: TestDatabase

    init(_ store: TestDatabase) { self.store = store }

    func copy(as name: String) async throws {
        let copies = Self.tables.map { "CREATE TABLE \(name).\($0) AS TABLE public.\($0)" }
        try await store.run(
            "DROP SCHEMA IF EXISTS \(name) CASCADE; CREATE SCHEMA \(name); "
                + copies.joined(separator: "; "))
    }

    /// In one transaction. Triggers, which let nothing be taken back, are off meanwhile.
    func putBack(_ name: String) async throws {
        let guarded = ["charges", "charge_batches", "escrow_transactions", "ledger_entries"]
        let off = guarded.map { "ALTER TABLE \($0) DISABLE TRIGGER USER" }
        let empty = Self.tables.reversed().map { "DELETE FROM \($0)" }
        let full = Self.tables.map {
            "INSERT INTO \($0) OVERRIDING SYSTEM VALUE SELECT * FROM \(name).\($0)"
        }
        let on = guarded.map { "ALTER TABLE \($0) ENABLE TRIGGER USER" }
        try await store.run(
            (["SET session_replication_role = replica"] + off + empty + full + on)
                .joined(separator: "; "))
    }
}
